/// Turns a stream's timestamps into seconds from its first picture, which always grow.
struct FrameClock {
    /// Seconds of one unit of a timestamp.
    private let unit: Double
    /// Seconds between pictures where the stream does not tell.
    private let usualStep: Double
    /// Timestamp of the first picture, moved where the stream's clock starts anew.
    private var origin: Int64?
    private var last: (time: Double, step: Double)?

    /// Jumps back by more than this many seconds are a clock that started anew; smaller ones are disorder.
    private static let restart = 1.0

    /// A unit of `numerator / denominator` seconds.
    init(numerator: Int32, denominator: Int32, usualStep: Double) {
        unit = Double(numerator) / Double(denominator)
        self.usualStep = usualStep
    }

    /// Seconds at which the last picture ends.
    var end: Double { last.map { $0.time + $0.step } ?? 0 }

    /// The next picture's time, from its timestamp and duration where it has them (in units; 0 = none told).
    mutating func time(stamp: Int64?, duration: Int64) -> Double {
        let step = duration > 0 ? Double(duration) * unit : usualStep
        defer { last = last.map { ($0.time, step) } }
        guard let last else {
            origin = stamp
            self.last = (0, step)
            return 0
        }
        let next = last.time + last.step
        let time: Double
        if let stamp {
            // A stream whose first pictures had no timestamp: the clock starts where those ended.
            let start = origin ?? stamp - Int64((next / unit).rounded())
            origin = start
            let seconds = Double(stamp - start) * unit
            if seconds < last.time - Self.restart { origin = stamp - Int64((next / unit).rounded()) }
            time = seconds > last.time ? seconds : seconds < last.time - Self.restart ? next : last.time + unit
        } else {
            time = next
        }
        self.last = (time, step)
        return time
    }
}
