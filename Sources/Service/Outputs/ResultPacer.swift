import FaceTracking
import Results

/// Which results an output with a `rate` writes: the newest one each time that its period is over. Bound to one thread.
struct ResultPacer {
    private let period: Double
    private var pending: StreamResult?
    /// When the next result may be written, by the caller's clock; nil before the first.
    private var due: Double?

    /// `rate`: results per second at most; nil for all.
    init(rate: Double?) { period = rate.map { 1 / $0 } ?? 0 }

    /// Replaces what still waits.
    mutating func add(_ result: StreamResult) { pending = result }

    /// The result whose turn has come.
    mutating func next(at now: Double) -> StreamResult? {
        guard let result = pending, period == 0 || now >= (due ?? now) else { return nil }
        pending = nil
        // The clock of the turns goes on, so that the rate is met on average, but misses are not made up for.
        let next = (due ?? now) + period
        due = next > now ? next : now + period
        return result
    }

    /// Seconds until a waiting result's turn; nil where none waits.
    func pause(at now: Double) -> Double? { pending == nil ? nil : max(0, (due ?? now) - now) }

    /// What waits at the end.
    mutating func last() -> StreamResult? {
        defer { pending = nil }
        return pending
    }
}

/// Which faces an output tells.
package enum FaceChoice: String, Sendable, CaseIterable {
    case all
    /// The one that was followed first of those that are there.
    case one
}

extension StreamResult {
    /// The same with the chosen faces alone.
    func choosing(_ faces: FaceChoice) -> StreamResult {
        guard faces == .one, result.faces.count > 1 else { return self }
        var chosen = self
        chosen.result.faces = result.faces.min { $0.id < $1.id }.map { [$0] } ?? []
        return chosen
    }
}
