/// Turns a stream's timestamps into seconds from its first picture, which always grow.
///
/// Timestamps are taken as they come from files and networks: none of them traps, and none makes the time jump by more than
/// `longestGap`. Where one would, the stream's clock has restarted: the time continues with the usual step, and the jump is counted.
package struct FrameClock {
    /// Seconds of one unit of a timestamp; nil where the stream gives none that is possible.
    private let unit: Double?
    /// Seconds between pictures where the stream does not say.
    private let usualStep: Double
    /// Timestamp of the first picture, and its time; moved where the stream's clock starts over.
    private var origin: (stamp: Int64, time: Double)?
    private var last: (time: Double, step: Double)?
    /// How often the stream's clock jumped.
    package private(set) var jumps = 0

    /// Jumps back by more than this many seconds are a clock that restarted; smaller ones are disorder.
    private static let restart = 1.0
    /// Seconds between two pictures at most, a week; jumps further ahead are a clock that was set.
    package static let longestGap = 7 * 86400.0
    /// Seconds by which the time grows at least where a stream's unit is finer, so that pictures differ by microseconds at least.
    private static let leastStep = 1e-6

    /// A unit of `numerator / denominator` seconds.
    package init(numerator: Int32, denominator: Int32, usualStep: Double) {
        unit = numerator > 0 && denominator > 0 ? Double(numerator) / Double(denominator) : nil
        self.usualStep = 1e-6...3600 ~= usualStep ? usualStep : 0.04
    }

    /// Seconds at which the last picture ends.
    package var end: Double { last.map { max($0.time + $0.step, $0.time.nextUp) } ?? 0 }

    /// The next picture's time, from its timestamp and duration where it has them (in units; 0 = unknown).
    package mutating func time(stamp: Int64?, duration: Int64) -> Double {
        let shown = unit.map { Double(duration) * $0 } ?? 0
        let step = shown > 0 && shown <= Self.longestGap ? shown : usualStep
        let time = time(at: unit == nil ? nil : stamp)
        last = (time, step)
        return time
    }

    private mutating func time(at stamp: Int64?) -> Double {
        guard let last, let unit else {
            if let stamp { origin = (stamp, end) }
            return end
        }
        guard let stamp else { return end }
        guard let origin else {
            // A stream whose first pictures had no timestamp: the clock starts where those ended.
            self.origin = (stamp, end)
            return end
        }
        let (distance, isTooFar) = stamp.subtractingReportingOverflow(origin.stamp)
        let time = origin.time + Double(distance) * unit
        if isTooFar || time < last.time - Self.restart || time > last.time + Self.longestGap {
            jumps += 1
            self.origin = (stamp, end)
            return end
        }
        return time > last.time ? time : max(last.time + min(max(unit, Self.leastStep), usualStep), last.time.nextUp)
    }
}
