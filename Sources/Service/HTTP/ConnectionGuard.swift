import Hummingbird
import Metrics
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Synchronization

/// How many connections are open, of how many.
final class ConnectionCount: Sendable {
    private let open = Atomic(0)
    private let limit: Int
    private let gauge: Meter
    private let refused: Counter

    init(limit: Int, metrics: MetricsRegistry) {
        self.limit = limit
        gauge = Meter(label: "landmarkd_http_connections", factory: metrics)
        refused = Counter(label: "landmarkd_http_refused_connections_total", factory: metrics)
    }

    /// Counts one more where there is room.
    func enter() -> Bool {
        guard open.add(1, ordering: .relaxed).newValue <= limit else {
            open.subtract(1, ordering: .relaxed)
            refused.increment()
            return false
        }
        gauge.increment()
        return true
    }

    func leave() {
        open.subtract(1, ordering: .relaxed)
        gauge.decrement()
    }
}

/// Bounds what one connection may do: refuses it where too many are open, answers requests that are none, and closes it after
/// an answer that says so, when nobody takes what was written, and soon after the service is told to end.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long a reader may leave what was written to it.
    private static let writeTime = TimeAmount.seconds(30)
    /// How long a connection is kept for its last answer to be read.
    private static let closingTime = TimeAmount.milliseconds(500)

    private let connections: ConnectionCount
    private var isCounted = false
    private var isAnswering = false
    private var isClosing = false
    private var closesAfterAnswer = false
    private var writeLimit: Scheduled<Void>?

    init(_ connections: ConnectionCount) { self.connections = connections }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { admit(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        admit(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isCounted { connections.leave() }
        (isCounted, isClosing) = (false, true)
        writeLimit?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        if case .head = unwrapInboundIn(data) { isAnswering = true }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isAnswering || isClosing || error is IOError {
            context.close(promise: nil)
        } else if case .headerOverflow? = error as? HTTPParserError {
            refuse(context, HTTPErrorResponse(.requestHeaderFieldsTooLarge, "the request's header is too large"))
        } else {
            refuse(context, HTTPErrorResponse(.badRequest, "this is no HTTP request"))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isClosing else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            closesAfterAnswer = head.headerFields[.connection] == "close"
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            isAnswering = false
            context.write(data, promise: promise)
            if closesAfterAnswer { closeSoon(context) }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeLimit?.cancel()
        writeLimit =
            context.channel.isWritable ? nil : closeChannel(of: context, after: Self.writeTime)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { closeChannel(of: context, after: Self.closingTime) }
        context.fireUserInboundEventTriggered(event)
    }

    private func admit(_ context: ChannelHandlerContext) {
        guard !isCounted, !isClosing else { return }
        isCounted = connections.enter()
        if !isCounted {
            refuse(
                context,
                HTTPErrorResponse(
                    .serviceUnavailable, "too many connections are open", remedy: "close some, or come back later"))
        }
    }

    private func refuse(_ context: ChannelHandlerContext, _ refusal: HTTPErrorResponse) {
        var head = refusal.response.head
        head.headerFields[.connection] = "close"
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(string: refusal.text))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        closeSoon(context)
    }

    /// Ends our side, so that the answer is read before the connection is torn down; what still comes is not read.
    private func closeSoon(_ context: ChannelHandlerContext) {
        isClosing = true
        context.flush()
        context.close(mode: .output, promise: nil)
        closeChannel(of: context, after: Self.closingTime)
    }

    @discardableResult
    private func closeChannel(of context: ChannelHandlerContext, after time: TimeAmount) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
