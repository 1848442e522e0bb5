import Base
import Capture
import Hummingbird
import Results
import ServiceLifecycle
import Synchronization

/// Follows all streams on behalf of event readers, so that a stream has one reader here however many clients there are: publishing
/// costs the same for none as for two hundred. May be used by any thread.
final class EventHub: Sendable {
    private let streams: StreamDirectory
    private let feeds = Mutex<[ObjectIdentifier: EventFeed]>([:])

    init(_ streams: StreamDirectory) { self.streams = streams }

    var readerCount: Int { feeds.withLock { $0.count } }

    func add(_ feed: EventFeed) { feeds.withLock { $0[ObjectIdentifier(feed)] = feed } }

    func remove(_ feed: EventFeed) { feeds.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(feed)) } }

    /// Runs until the task is cancelled. Checks for new streams every second, since the settings may be reloaded.
    func run() async {
        await withDiscardingTaskGroup { group in
            var followed: [String: StreamState] = [:]
            while !Task.isCancelled {
                let states = streams.states
                for state in states where followed[state.name] !== state {
                    followed[state.name] = state
                    group.addTask { await self.follow(state) }
                }
                let names = Set(states.map(\.name))
                for feed in feeds.withLock({ Array($0.values) }) { feed.tick(names: names) }
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
            }
        }
    }

    private func follow(_ state: StreamState) async {
        for await result in state.results() {
            let feeds = feeds.withLock { $0.values.filter { $0.name == nil || $0.name == state.name } }
            if feeds.isEmpty { continue }
            let event = Self.event(of: result)
            for feed in feeds { feed.put(event, of: state.name) }
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

/// Server-sent events of one stream or of all, for one reader: the newest result of each stream that it has not seen.
///
/// A slow reader misses some events and delays nobody. May be used by any thread.
final class EventFeed: Sendable {
    /// Seconds without an event after which a comment shows that the connection is alive.
    private static let heartbeatSeconds = 5.0
    /// Milliseconds after which a browser reconnects.
    private static let retryMilliseconds = 2000

    /// Nil: all streams, also those that come later.
    let name: String?
    /// Whether the reader still has access: the token may change.
    private let isAllowed: @Sendable () -> Bool
    /// Events by stream.
    private let unread = Mutex<[String: ByteBuffer]>([:])
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(name: String?, isAllowed: @escaping @Sendable () -> Bool) {
        (self.name, self.isAllowed) = (name, isAllowed)
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Replaces the stream's previous event if it has not been sent yet.
    func put(_ event: ByteBuffer, of stream: String) {
        unread.withLock { $0[stream] = event }
        wake.yield()
    }

    /// Called regularly with the names of all streams: ends the feed of a removed stream, lets others send a comment.
    func tick(names: Set<String>) {
        if let name, !names.contains(name) { wake.finish() } else { wake.yield() }
    }

    func response(to request: Request, _ hub: EventHub) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .init("X-Accel-Buffering")!: "no"],
            body: ResponseBody { writer in
                hub.add(self)
                defer { hub.remove(self) }
                try await request.body.consumeWithInboundCloseHandler { _ in
                    try await self.write { try await writer.write($0) }
                } onInboundClosed: {
                    self.wake.finish()
                }
                try await writer.finish(nil)
            })
    }

    /// Writes until the reader is gone or loses access, the stream is removed, or the service ends.
    private func write(_ send: (ByteBuffer) async throws -> Void) async throws {
        try await send(ByteBuffer(string: "retry: \(Self.retryMilliseconds)\n\n"))
        var lastSent = monotonicSeconds()
        for await _ in wakes.cancelOnGracefulShutdown() {
            // Checked at least once a second, since `tick` wakes it.
            guard isAllowed() else { return }
            var text = takeUnread()
            if text == nil, monotonicSeconds() - lastSent > Self.heartbeatSeconds {
                text = ByteBuffer(string: ": nothing new\n\n")
            }
            guard let text else { continue }
            try await send(text)
            lastSent = monotonicSeconds()
        }
    }

    private func takeUnread() -> ByteBuffer? {
        let events = unread.withLock { unread in
            defer { unread = [:] }
            return unread
        }
        guard !events.isEmpty else { return nil }
        var text = ByteBuffer()
        for (_, event) in events.sorted(by: { $0.key < $1.key }) { text.writeImmutableBuffer(event) }
        return text
    }
}
