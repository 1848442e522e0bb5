import Base
import Synchronization

/// Shows that a loop goes on: it says by when it will be heard of again. Set by its thread, asked by any.
final class Heartbeat: Sendable {
    let name: String
    private let deadline = Mutex(Double.infinity)

    init(_ name: String) { self.name = name }

    /// The loop begins something that takes at most so long.
    func expect(within seconds: Double) {
        let time = monotonicSeconds() + seconds
        deadline.withLock { $0 = time }
    }

    /// The loop waits for others; that may take any time.
    func rest() { deadline.withLock { $0 = .infinity } }

    /// Whether the loop should have been heard of.
    var isOverdue: Bool { monotonicSeconds() > deadline.withLock { $0 } }
}
