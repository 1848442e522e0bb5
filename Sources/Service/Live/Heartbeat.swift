import Base
import Synchronization

/// Shows that a loop is alive: the loop announces a deadline for its next sign of life. Set by its thread, read by any.
final class Heartbeat: Sendable {
    let name: String
    private let state = Mutex<(start: Double, deadline: Double)>((.infinity, .infinity))
    private let abandoned = Atomic(false)

    init(_ name: String) { self.name = name }

    /// The loop begins something that may take up to `seconds`.
    func expect(within seconds: Double) {
        let now = monotonicSeconds()
        state.withLock { $0 = (now, now + seconds) }
    }

    /// The loop waits: for others, which may take any time, or for a pause, which ends.
    func rest(atMost seconds: Double = .infinity) { state.withLock { $0 = (.infinity, monotonicSeconds() + seconds) } }

    /// Whether the loop has missed its deadline.
    var isOverdue: Bool { !isAbandoned && monotonicSeconds() > state.withLock { $0.deadline } }

    /// Nobody waits for the loop any more: should it ever continue, what it does has no effect.
    func abandon() { abandoned.store(true, ordering: .relaxed) }

    var isAbandoned: Bool { abandoned.load(ordering: .relaxed) }

    /// Seconds since the loop began its current step; 0 while it rests.
    var busyTime: Double { isAbandoned ? 0 : max(0, monotonicSeconds() - state.withLock { $0.start }) }
}
