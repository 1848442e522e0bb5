import Synchronization

/// The streams that run now, by name: what HTTP shows. May be used by any thread.
package final class StreamDirectory: Sendable {
    private let current: Mutex<[StreamState]>

    package init(_ boards: [StreamState] = []) { current = Mutex(boards) }

    /// In the order of their names; another list after the settings were reloaded.
    package var boards: [StreamState] { current.withLock { $0 } }

    /// Nil where no stream has the name.
    package func board(_ name: String) -> StreamState? { boards.first { $0.name == name } }

    /// Takes the place of all boards so far. Those that are gone are closed by their streams.
    func set(_ boards: [StreamState]) { current.withLock { $0 = boards.sorted { $0.name < $1.name } } }
}
