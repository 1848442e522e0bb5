/// Frames a second over the last seconds.
package struct RateMeter {
    /// Seconds that are looked back over, and that pass before the rate is `isSure`.
    package static let span = 5.0

    private var marks: [(time: Double, count: Int)] = []
    private var count = 0
    package private(set) var rate = 0.0

    package init() {}

    /// Whether the rate is measured over the whole span.
    package var isSure: Bool { marks.last.map { $0.time - marks[0].time >= Self.span } ?? false }

    /// A frame has come at `time` (seconds, growing). True once a second, when the rate is measured again.
    package mutating func add(at time: Double) -> Bool {
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
