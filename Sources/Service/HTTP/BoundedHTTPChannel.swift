import Glibc
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Connections of HTTP/1 whose buffers are bounded, in the kernel as well: by itself the kernel keeps 4 MB for each reader that
/// does not read, and as much again for one that sends without end.
struct BoundedHTTPChannel: ServerChildChannel {
    /// Bytes that the kernel holds for a reader, which it doubles for its own needs.
    private static let sendBuffer = 64 * 1024
    /// Bytes that the kernel takes from a client before we read them; a request's header has 16 kB at most.
    private static let receiveBuffer = 32 * 1024
    /// Bytes that the kernel holds back unsent: what is newer waits here, where it can be replaced by what is newer still.
    private static let unsentBytes = 16 * 1024
    private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 8 * 1024, high: 16 * 1024)

    private let http: HTTP1Channel

    init(_ http: HTTP1Channel) { self.http = http }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(HTTP1RequestValidator(), position: .after(decoder))
            Self.bound(channel)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await http.handle(value: value, logger: logger) }

    /// A client that has gone already cannot be bounded, and need not.
    private static func bound(_ channel: any Channel) {
        guard let options = channel.syncOptions else { return }
        try? options.setOption(.socketOption(.so_sndbuf), value: .init(sendBuffer))
        try? options.setOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
        try? options.setOption(.tcpOption(.init(rawValue: TCP_NOTSENT_LOWAT)), value: .init(unsentBytes))
        // Closes the connections of those who went without a word, and of those who take nothing.
        try? options.setOption(
            .tcpOption(.init(rawValue: TCP_USER_TIMEOUT)), value: .init(1000 * HTTPService.unsentSeconds))
        try? options.setOption(.writeBufferWaterMark, value: waterMark)
    }
}
