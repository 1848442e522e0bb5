import Capture
import Synchronization

/// Whether a stream delivers, how fast, and why not.
package struct StreamStatus: Sendable {
    package enum State: String, Sendable {
        /// No frame yet since the source was opened.
        case starting
        case delivering
        /// Lost or absent; it is tried again.
        case waiting
        /// A file that is not played again has ended.
        case ended
    }

    package var state = State.starting
    /// Why the stream does not deliver, or what is wrong though it does: "/dev/video0: no frame for 2.0 s".
    package var reasons: [String] = []
    /// As the settings name it.
    package var source = ""
    package var format: LiveFormat?
    /// Frames per second received over the last seconds.
    package var rate = 0.0
    package var received = 0
    /// Replaced by a newer frame before they were tracked, or lost by the source.
    package var dropped = 0
    package var tracked = 0
    package var reconnects = 0

    package init() {}

    package var isHealthy: Bool { state != .waiting && state != .starting && reasons.isEmpty }
}

/// What is wrong with a stream now, by the part that has the fault; shown in its status. May be used by any thread.
final class StreamFaults: Sendable {
    private let state: StreamState
    private let faults = Mutex<[String: String]>([:])

    init(_ state: StreamState) { self.state = state }

    /// `fault` nil: the part works.
    func set(_ part: String, _ fault: String?) {
        faults.withLock { faults in
            guard faults[part] != fault else { return }
            faults[part] = fault
            let reasons = faults.sorted { $0.key < $1.key }.map(\.value)
            state.update { $0.reasons = reasons }
        }
    }
}
