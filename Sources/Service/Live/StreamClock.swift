/// A stream's own time: grows from frame to frame, over all openings of its source and whatever the source's clock does.
struct StreamClock {
    /// Seconds that the source's clock may go off ours before it is taken for a jump.
    private static let tolerance = 1.0
    /// Seconds between two frames at least.
    private static let step = 0.001

    private var offset: Double?
    private var last = -Self.step

    /// The source begins again, with any time.
    mutating func sourceWasOpened() { offset = nil }

    /// Stream time of a frame that has `sourceTime` and came at `now`, seconds on a clock that never jumps.
    mutating func time(_ sourceTime: Double, now: Double) -> Double {
        if let offset {
            let time = sourceTime + offset
            if time >= last + Self.step, abs(time - now) <= Self.tolerance {
                last = time
                return time
            }
        }
        let time = max(now, last + Self.step)
        (offset, last) = (time - sourceTime, time)
        return time
    }
}
