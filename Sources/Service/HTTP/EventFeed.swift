import Base
import Hummingbird
import ServiceLifecycle
import Synchronization

/// Server-sent events of one stream or of all, for one reader: the newest result of each stream that it has not seen.
///
/// A reader that takes them slower than they come misses some; it never holds up who publishes.
final class EventFeed: Sendable {
    /// Seconds without an event after which a comment tells that the connection lives.
    private static let heartbeatSeconds = 5.0
    /// Milliseconds after which a browser connects anew.
    private static let retryMilliseconds = 2000

    private let streams: StreamDirectory
    private let name: String?
    private let texts: EventTexts
    private let unread = Mutex<[String: StreamResult]>([:])
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    /// `name`: nil for all streams, also for those that come later.
    init(_ streams: StreamDirectory, name: String?, texts: EventTexts) {
        (self.streams, self.name, self.texts) = (streams, name, texts)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func response(to request: Request) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .init("X-Accel-Buffering")!: "no"],
            body: ResponseBody { writer in
                try await request.body.consumeWithInboundCloseHandler { _ in
                    try await self.write { try await writer.write($0) }
                } onInboundClosed: {
                    self.wake.finish()
                }
                try await writer.finish(nil)
            })
    }

    /// Writes until the reader has gone, the stream is no more, or the service ends.
    private func write(_ send: (ByteBuffer) async throws -> Void) async throws {
        try await send(ByteBuffer(string: "retry: \(Self.retryMilliseconds)\n\n"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.follow() }
            defer { group.cancelAll() }
            var lastSent = monotonicSeconds()
            for await _ in wakes.cancelOnGracefulShutdown() {
                let text = takeUnread()
                let isQuiet = monotonicSeconds() - lastSent > Self.heartbeatSeconds
                guard text != nil || isQuiet else { continue }
                try await send(text ?? ByteBuffer(string: ": nothing new\n\n"))
                lastSent = monotonicSeconds()
            }
        }
    }

    /// Reads the boards that there are, and looks each second for others: the settings may be read anew.
    private func follow() async {
        await withDiscardingTaskGroup { group in
            var followed: [String: StreamBoard] = [:]
            while !Task.isCancelled {
                let boards = streams.boards.filter { name == nil || $0.name == name }
                if name != nil, boards.isEmpty { break }
                for board in boards where followed[board.name] !== board {
                    followed[board.name] = board
                    group.addTask { await self.collect(board) }
                }
                wake.yield()
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { break }
            }
            wake.finish()
        }
    }

    private func collect(_ board: StreamBoard) async {
        for await result in board.results() {
            unread.withLock { $0[board.name] = result }
            wake.yield()
        }
    }

    private func takeUnread() -> ByteBuffer? {
        let results = unread.withLock { unread in
            defer { unread = [:] }
            return unread
        }
        guard !results.isEmpty else { return nil }
        var events = ByteBuffer()
        for (_, result) in results.sorted(by: { $0.key < $1.key }) {
            var event = texts.event(of: result)
            events.writeBuffer(&event)
        }
        return events
    }
}
