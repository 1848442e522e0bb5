import Base
import Capture
import Hummingbird
import Results
import Synchronization

/// Follows all streams for those who read events, so that a stream has one reader here however many there are: who publishes
/// does the same little work for none as for two hundred. May be used by any thread.
final class EventHub: Sendable {
    private let streams: StreamDirectory
    private let feeds = Mutex<[ObjectIdentifier: EventFeed]>([:])

    init(_ streams: StreamDirectory) { self.streams = streams }

    var readerCount: Int { feeds.withLock { $0.count } }

    func add(_ feed: EventFeed) { feeds.withLock { $0[ObjectIdentifier(feed)] = feed } }

    func remove(_ feed: EventFeed) { feeds.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(feed)) } }

    /// Until the task is cancelled. Each second it looks for other streams, as the settings may be reloaded.
    func run() async {
        await withDiscardingTaskGroup { group in
            var followed: [String: StreamState] = [:]
            while !Task.isCancelled {
                let boards = streams.boards
                for board in boards where followed[board.name] !== board {
                    followed[board.name] = board
                    group.addTask { await self.follow(board) }
                }
                let names = Set(boards.map(\.name))
                for feed in feeds.withLock({ Array($0.values) }) { feed.tick(names: names) }
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
            }
        }
    }

    private func follow(_ board: StreamState) async {
        for await result in board.results() {
            let feeds = feeds.withLock { $0.values.filter { $0.name == nil || $0.name == board.name } }
            if feeds.isEmpty { continue }
            let event = Self.event(of: result)
            for feed in feeds { feed.put(event, of: board.name) }
        }
    }

    /// `id: …`, `data: …` and an empty line.
    private static func event(of result: StreamResult) -> ByteBuffer {
        var text = TextBuffer()
        text.append("id: ")
        text.append(result.result.frame)
        text.append("\ndata: ")
        text.append(result)
        text.append("\n\n")
        return ByteBuffer(bytes: text.bytes)
    }
}
