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

/// Frames a second over the last seconds.
struct RateMeter {
    /// Seconds that are looked back over, and that pass before the rate is `isSure`.
    static let span = 5.0

    private var marks: [(time: Double, count: Int)] = []
    private var count = 0
    private(set) var rate = 0.0

    /// Whether the rate is measured over the whole span.
    var isSure: Bool { marks.last.map { $0.time - marks[0].time >= Self.span } ?? false }

    /// A frame has come at `time` (seconds, growing). True once a second, when the rate is measured again.
    mutating func add(at time: Double) -> Bool {
        defer { count += 1 }
        guard let last = marks.last else {
            marks = [(time, count)]
            return false
        }
        guard time - last.time >= 1 else { return false }
        marks.append((time, count))
        while marks.count > 2, time - marks[1].time >= Self.span { marks.removeFirst() }
        rate = Double(count - marks[0].count) / (time - marks[0].time)
        return true
    }
}
