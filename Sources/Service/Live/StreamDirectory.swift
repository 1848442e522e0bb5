import Synchronization

/// The streams that run now, by name: what HTTP shows. May be used by any thread.
package final class StreamDirectory: Sendable {
    private let current: Mutex<[StreamState]>
    /// Runs of landmarks that lines join in drawings, as `LandmarkScheme.lines`.
    package let lines: [[Int]]

    package init(_ boards: [StreamState] = [], lines: [[Int]] = []) {
        current = Mutex(boards)
        self.lines = lines
    }

    /// In the order of their names; another list after the settings were reloaded.
    package var boards: [StreamState] { current.withLock { $0 } }

    /// Nil where no stream has the name.
    package func board(_ name: String) -> StreamState? { boards.first { $0.name == name } }

    /// Takes the place of all boards so far. Those that are gone are closed by their streams.
    func set(_ boards: [StreamState]) { current.withLock { $0 = boards.sorted { $0.name < $1.name } } }
}
