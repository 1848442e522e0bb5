import Synchronization

/// Counts finished pieces of a long task, from any thread, and tells how far it is.
final class WorkMeter: Sendable {
    /// Told the share that is done, 0…1, and what is being done.
    typealias Observer = @Sendable (_ share: Double, _ detail: String) -> Void

    private let done = Atomic(0)
    private let detail = Mutex("")
    private let total: Int
    private let observer: Observer

    init(total: Int, _ observer: @escaping Observer) { (self.total, self.observer) = (max(1, total), observer) }

    /// Says what the next pieces are of.
    func begin(_ detail: String) {
        self.detail.withLock { $0 = detail }
        advance(by: 0)
    }

    func advance(by pieces: Int = 1) {
        let now = done.add(pieces, ordering: .relaxed).newValue
        observer(min(1, Double(now) / Double(total)), detail.withLock { $0 })
    }
}
