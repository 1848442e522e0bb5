import Capture
import Hummingbird
import NIOCore
import NIOHTTP1

/// Checks what is known of a request only before it becomes one of Hummingbird's: its version, and whether it names one host.
///
/// An answer to HTTP/1.0 is of that version, is not sent in chunks, and is the last one of its connection. A refusal is told to
/// the handlers that follow as an error, a `HTTPErrorResponse`.
final class HTTP1RequestValidator: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private var isRefused = false
    private var isVersion10 = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        guard case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        if let refusal = Self.refusal(of: head) {
            isRefused = true
            context.fireErrorCaught(refusal)
            return
        }
        if head.version == .http1_0 {
            isVersion10 = true
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isVersion10, case .head(var head) = unwrapOutboundIn(data) else {
            context.write(data, promise: promise)
            return
        }
        head.version = .http1_0
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// RFC 9112, 3.2: a request of HTTP/1.1 has exactly one Host.
    private static func refusal(of head: HTTPRequestHead) -> HTTPErrorResponse? {
        let hosts = head.headers["Host"].count
        if head.version != .http1_0, head.version != .http1_1 {
            return .unknownVersion
        } else if hosts > 1 {
            return HTTPErrorResponse(.badRequest, "the request names \(hosts) hosts", remedy: "send one Host")
        } else if hosts == 0, head.version == .http1_1 {
            return HTTPErrorResponse(.badRequest, "the request names no host", remedy: "send Host, as HTTP/1.1 has it")
        }
        return nil
    }
}

extension HTTPErrorResponse {
    static let unknownVersion = HTTPErrorResponse(
        .httpVersionNotSupported, "the request is of a version of HTTP that is not spoken here", remedy: "use HTTP/1.1")
}
