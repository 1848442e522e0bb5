import Synchronization

/// What is wrong with a stream now, by the part that has the fault; kept in its board's status. May be used by any thread.
final class StreamFaults: Sendable {
    private let board: StreamState
    private let faults = Mutex<[String: String]>([:])

    init(_ board: StreamState) { self.board = board }

    /// `fault` nil: the part works.
    func set(_ part: String, _ fault: String?) {
        faults.withLock { faults in
            guard faults[part] != fault else { return }
            faults[part] = fault
            let reasons = faults.sorted { $0.key < $1.key }.map(\.value)
            board.update { $0.reasons = reasons }
        }
    }
}
