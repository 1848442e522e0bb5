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

/// How a stream fares.
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
    /// Frames a second that came over the last seconds.
    package var rate = 0.0
    package var received = 0
    /// Replaced by a newer frame before they were tracked, or lost by the source.
    package var dropped = 0
    package var tracked = 0
    package var reconnects = 0

    package init() {}

    package var isHealthy: Bool { state != .waiting && state != .starting && reasons.isEmpty }
}

/// A stream's newest result, its state, and its readers. May be used by any thread; never blocks the one that publishes.
package final class StreamState: Sendable {
    package let name: String

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

    /// Tells a result to all readers; one that has not read the last one yet misses it. `frame` is copied where somebody asked to see it.
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

    /// Who reads results now, and how many wait for a picture.
    var waiting: (readers: Int, pictures: Int) { state.withLock { ($0.readers.count, $0.pictureWaiters.count) } }

    /// All results from now on, for one reader; the newest alone is kept for it.
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

    /// Nothing will be published any more: ends what waits, and what would.
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

/// Totals of a stream's name since the program's start, so that a stream whose settings change continues them.
final class StreamHistory: Sendable {
    private let used = Mutex<(frames: Int, id: Int)>((0, 0))

    /// The number of the next tracked frame, from 1.
    func nextFrame() -> Int {
        used.withLock { used in
            used.frames += 1
            return used.frames
        }
    }

    /// The highest id given to a face so far.
    var highestID: Int { used.withLock { $0.id } }

    func give(_ id: Int) { used.withLock { $0.id = max($0.id, id) } }
}
