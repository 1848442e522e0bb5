/// Pauses between attempts: 0.5 s, then twice as long each time, up to 30 s.
struct Backoff: Sendable {
    var first = 0.5
    var longest = 30.0
    private var last: Double?

    init(first: Double = 0.5, longest: Double = 30) { (self.first, self.longest) = (first, longest) }

    /// Seconds to wait before the next attempt.
    mutating func next() -> Double {
        let pause = min(longest, last.map { $0 * 2 } ?? first)
        last = pause
        return pause
    }

    /// It worked.
    mutating func reset() { last = nil }
}
