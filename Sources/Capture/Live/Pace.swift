import Base

/// When recorded pictures are due, so that they are played as fast as they were taken.
struct Pace {
    /// Monotonic time of the picture at 0 s.
    private var start: Double?
    /// Time of the last picture.
    private var last = 0.0
    /// Pictures a second by their own times, gaps shortened.
    private var meter = RateMeter()
    private var played = 0.0

    /// Later than this, playback continues from here instead of rushing after what was missed. Seconds.
    private static let patience = 1.0
    /// Seconds between two pictures at most: longer gaps are shortened, so that no source is silent for long.
    static let longestGap = 3.0

    /// The moment at which the picture of `time` (seconds from the first one) is due, by both clocks. It may be past.
    mutating func due(_ time: Double) -> (monotonic: Double, unix: Double) {
        let now = monotonicSeconds()
        played += min(max(0, time - last), Self.longestGap)
        _ = meter.add(at: played)
        var start = start ?? now - time
        start -= max(0, time - last - Self.longestGap)
        if now > start + time + Self.patience { start = now - time }
        (self.start, last) = (start, time)
        let due = start + time
        return (due, unixSeconds() + due - now)
    }

    /// The rate in a recording's header; nil where its pictures do not keep to it. Few come then however fast the
    /// machine is, and nobody has promised more.
    func kept(_ rate: Double?) -> Double? {
        guard let rate, meter.rate == 0 || meter.rate >= 0.9 * rate else { return nil }
        return rate
    }
}

extension StopSignal {
    /// Waits until a moment of the monotonic clock; true where the signal was set before.
    func wait(until moment: Double) -> Bool {
        while true {
            let left = moment - monotonicSeconds()
            if left <= 0 { return isSet }
            if wait(seconds: min(left, 60)) { return true }
        }
    }
}
