import Synchronization

/// What a stream of some name has used up since the program's start, so that a stream set otherwise goes on where it was.
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
