/// Brings a driver's timestamps to seconds from the first frame and to Unix time.
struct CameraClock {
    /// Stamps that could not be true, and were replaced by the time of arrival.
    private(set) var replacedStamps = 0

    private var origin: Double?
    private var last = -Double.infinity

    /// A stamp may be so much older than its arrival, or later by rounding of the camera's own clock. Seconds.
    private static let plausibleAge = -0.05...2.0

    /// When a frame was exposed: seconds from the first frame, always growing, and Unix time.
    ///
    /// `stamp` is the driver's, `now` when the frame arrived, both by the monotonic clock; `unixNow` is the same
    /// moment.
    mutating func exposure(stamp: Double, now: Double, unixNow: Double) -> (time: Double, unix: Double) {
        var moment = min(stamp, now)
        if !Self.plausibleAge.contains(now - stamp) || moment <= last {
            replacedStamps += 1
            moment = max(now, last + 1e-6)
        }
        last = moment
        let start = origin ?? moment
        origin = start
        return (moment - start, unixNow - (now - moment))
    }
}

/// Finds gaps in a driver's numbering of frames.
struct FrameNumbers {
    /// Frames a second as granted.
    private let rate: Double?
    private var last: (number: UInt32, stamp: Double, arrival: Double)?

    init(rate: Double?) { self.rate = rate }

    /// Frames missing right before the one that the driver numbered and stamped so.
    ///
    /// A jump further than time allows is no loss: v4l2loopback hands over its writer's numbers.
    mutating func lost(before number: UInt32, stamp: Double, arrival: Double) -> Int {
        defer { last = (number, stamp, arrival) }
        guard let last else { return 0 }
        let gap = Int(Int32(bitPattern: number &- last.number)) - 1
        let elapsed = max(stamp - last.stamp, arrival - last.arrival)
        let possible = elapsed * (rate ?? 60) * 1.5 + 2
        return gap > 0 && Double(gap) <= possible ? gap : 0
    }
}
