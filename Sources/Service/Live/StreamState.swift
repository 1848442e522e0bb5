import Base
import Capture
import Results
import Synchronization

/// What a frame looked like, as displayed: 4:2:0, limited range.
package struct StreamPicture: Sendable {
    package let picture: PixelBuffer
    /// As in its result.
    package let frame: Int
}

/// A stream's newest result, its state, and its readers. May be used by any thread; never blocks the one that publishes.
package final class StreamState: Sendable {
    package let name: String
    /// What the outputs' poses are measured from.
    package let recentring = RecentreRequests()

    private struct State {
        var status = StreamStatus()
        var latest: StreamResult?
        var readers: [Int: AsyncStream<StreamResult>.Continuation] = [:]
        var nextReader = 0
        var pictureWaiters: [CheckedContinuation<StreamPicture?, Never>] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    package init(name: String) { self.name = name }

    package var status: StreamStatus { state.withLock { $0.status } }
    package var latest: StreamResult? { state.withLock { $0.latest } }

    package func update(_ change: @Sendable (inout StreamStatus) -> Void) { state.withLock { change(&$0.status) } }

    /// Publishes a result to all readers; a reader that has not read the last one yet misses it. `frame` is copied if a picture was requested.
    package func publish(_ result: StreamResult, of frame: Frame) {
        let (readers, waiters) = state.withLock { state in
            state.latest = result
            defer { state.pictureWaiters = [] }
            return (Array(state.readers.values), state.pictureWaiters)
        }
        for reader in readers { reader.yield(result) }
        guard !waiters.isEmpty else { return }
        let copy = try? displayedCopy(of: frame)
        let picture = copy.map { StreamPicture(picture: $0, frame: result.result.frame) }
        for waiter in waiters { waiter.resume(returning: picture) }
    }

    /// Number of current readers, and of requests that wait for a picture.
    var waiting: (readers: Int, pictures: Int) { state.withLock { ($0.readers.count, $0.pictureWaiters.count) } }

    /// All results from now on, for one reader; only the newest is kept for it.
    package func results() -> AsyncStream<StreamResult> {
        let (stream, continuation) = AsyncStream.makeStream(of: StreamResult.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.nextReader += 1
            if !state.isClosed { state.readers[state.nextReader] = continuation }
            return state.isClosed ? nil : state.nextReader
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.readers.removeValue(forKey: number) }
        }
        return stream
    }

    /// The next tracked frame's picture; nil once the stream is closed, or where its pictures cannot be converted.
    package func nextPicture() async -> StreamPicture? {
        await withCheckedContinuation { waiter in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.pictureWaiters.append(waiter) }
                return state.isClosed
            }
            if isClosed { waiter.resume(returning: nil) }
        }
    }

    /// Ends all readers and waiting requests: nothing more will be published.
    package func close() {
        let (readers, waiters) = state.withLock { state in
            state.isClosed = true
            defer { (state.readers, state.pictureWaiters) = ([:], []) }
            return (Array(state.readers.values), state.pictureWaiters)
        }
        for reader in readers { reader.finish() }
        for waiter in waiters { waiter.resume(returning: nil) }
    }
}

/// The streams that run now, by name: what HTTP shows. May be used by any thread.
package final class StreamDirectory: Sendable {
    private let current: Mutex<[StreamState]>
    /// Runs of landmarks that lines join in drawings, as `LandmarkScheme.lines`.
    package let lines: [[Int]]

    package init(_ states: [StreamState] = [], lines: [[Int]] = []) {
        current = Mutex(states)
        self.lines = lines
    }

    /// In the order of their names; another list after the settings were reloaded.
    package var states: [StreamState] { current.withLock { $0 } }

    /// Nil where no stream has the name.
    package func state(_ name: String) -> StreamState? { states.first { $0.name == name } }

    /// Replaces the list. Streams that are gone close their own state.
    func set(_ states: [StreamState]) { current.withLock { $0 = states.sorted { $0.name < $1.name } } }
}
