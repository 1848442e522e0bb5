import Glibc
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Limits one connection: refuses it where too many are open, answers malformed requests, and closes it after
/// a response that says so, when it sends no request or reads no response for too long, and soon after the service is asked to stop.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let requestTime = TimeAmount.seconds(Int64(HTTPService.requestSeconds))
    private static let unsentTime = TimeAmount.seconds(Int64(HTTPService.unsentSeconds))
    /// How long a connection is kept after its last answer was sent, so that it is read.
    private static let closingTime = TimeAmount.milliseconds(500)
    /// What is answered also when all general places are taken.
    private static let essentialPaths: Set<Substring> = ["/healthz", "/metrics"]

    private let places: ConnectionPlaces
    private var isAdmitted = false
    private var isClosing = false
    private var requests = 0
    private var answers = 0
    /// The last request, if that is known.
    private var lastRequest: Int?
    private var idleLimit: Scheduled<Void>?
    /// When those parts of answers were written that the kernel has not taken yet, the oldest first.
    private var unsent: [NIODeadline] = []
    private var unsentCheck: Scheduled<Void>?

    init(_ places: ConnectionPlaces) { self.places = places }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { admit(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        admit(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        places.leave(context.channel)
        isClosing = true
        idleLimit?.cancel()
        unsentCheck?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        guard case .head(let head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        requests += 1
        idleLimit?.cancel()
        places.setIdle(false, context.channel)
        if head.asksToClose { lastRequest = lastRequest ?? requests }
        let path = head.path?.prefix { $0 != "?" } ?? ""
        if Self.essentialPaths.contains(path) || places.needsGeneralPlace(context.channel) {
            context.fireChannelRead(data)
        } else {
            refuse(context, Self.tooMany)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if requests > answers || isClosing || error is IOError {
            context.close(promise: nil)
        } else if let refusal = error as? HTTPErrorResponse {
            refuse(context, refusal)
        } else if case .headerOverflow? = error as? HTTPParserError {
            refuse(context, HTTPErrorResponse(.requestHeaderFieldsTooLarge, "the request's header is too large"))
        } else if case .invalidVersion? = error as? HTTPParserError {
            refuse(context, .unknownVersion)
        } else {
            refuse(context, HTTPErrorResponse(.badRequest, "this is not an HTTP request"))
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isClosing else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if head.headerFields[.connection] == "close" { lastRequest = answers + 1 }
            if lastRequest == answers + 1 { head.headerFields[.connection] = "close" }
            send(.head(head), context, promise)
        case .body(let body):
            send(.body(body), context, promise)
        case .end(let trailers):
            answers += 1
            send(.end(trailers), context, promise)
            if lastRequest == answers { closeSoon(context) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { closeChannel(of: context, after: Self.closingTime) }
        context.fireUserInboundEventTriggered(event)
    }
}

// MARK: Places

extension ConnectionGuard {
    private static let tooMany = HTTPErrorResponse(
        .serviceUnavailable, "too many connections are open", remedy: "close some, or come back later")

    private func admit(_ context: ChannelHandlerContext) {
        guard !isAdmitted, !isClosing else { return }
        isAdmitted = true
        switch places.enter(context.channel) {
        case .general: waitForRequest(context)
        case .reserved:
            lastRequest = 1
            waitForRequest(context)
        case nil: refuse(context, Self.tooMany)
        }
    }

    private func waitForRequest(_ context: ChannelHandlerContext) {
        idleLimit?.cancel()
        places.setIdle(true, context.channel)
        idleLimit = closeChannel(of: context, after: Self.requestTime)
    }

    private func refuse(_ context: ChannelHandlerContext, _ refusal: HTTPErrorResponse) {
        if refusal.status == .serviceUnavailable { places.countRefusal() }
        var head = refusal.response.head
        head.headerFields.append(contentsOf: HTTPFields.security)
        head.headerFields[.connection] = "close"
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(string: refusal.text))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        closeSoon(context)
    }
}

// MARK: Sending

extension ConnectionGuard {
    /// Passes a part on and records since when it waits to be sent.
    private func send(
        _ part: HTTPResponsePart, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.cascade(to: promise)
        sent.futureResult.assumeIsolated().whenComplete { [self] _ in
            // Parts are sent in the order in which they were written.
            if !unsent.isEmpty { unsent.removeFirst() }
            if unsent.isEmpty { allIsSent(context) }
        }
        unsent.append(.now())
        context.write(wrapOutboundOut(part), promise: sent)
        watchUnsent(context)
    }

    private func allIsSent(_ context: ChannelHandlerContext) {
        if isClosing {
            closeChannel(of: context, after: Self.closingTime)
        } else if requests == answers {
            waitForRequest(context)
        }
    }

    /// Closes the connection once its reader has left something for too long: it may take a little now and then, and still never
    /// catch up.
    private func watchUnsent(_ context: ChannelHandlerContext) {
        guard unsentCheck == nil, let oldest = unsent.first else { return }
        let deadline = oldest + Self.unsentTime
        unsentCheck = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            unsentCheck = nil
            if let oldest = unsent.first, NIODeadline.now() - oldest >= Self.unsentTime {
                abort(context)
            } else {
                watchUnsent(context)
            }
        }
    }

    /// Closes the connection with a reset: the kernel drops what it holds for it, which it would else go on offering.
    private func abort(_ context: ChannelHandlerContext) {
        _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        context.close(promise: nil)
    }

    /// Ends our side, so that the answer is read before the connection is torn down; what still comes is not read.
    private func closeSoon(_ context: ChannelHandlerContext) {
        isClosing = true
        context.flush()
        context.close(mode: .output, promise: nil)
        if unsent.isEmpty { closeChannel(of: context, after: Self.closingTime) }
    }

    @discardableResult
    private func closeChannel(of context: ChannelHandlerContext, after time: TimeAmount) -> Scheduled<Void> {
        let channel = context.channel
        return context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}

extension HTTPRequest {
    /// Whether the client wants the connection closed after the answer.
    fileprivate var asksToClose: Bool {
        let options = headerFields[values: .connection].flatMap { $0.lowercased().split(separator: ",") }
        return options.contains { $0.filter { $0 != " " } == "close" }
    }
}
