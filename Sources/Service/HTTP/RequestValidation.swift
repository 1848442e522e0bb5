import Capture
import Foundation
import Hummingbird
import NIOCore
import NIOHTTP1

/// Rejects requests that no endpoint accepts: other methods, bodies, malformed paths, foreign hosts, a missing token.
struct RequestValidationMiddleware: RouterMiddleware {
    let settings: @Sendable () -> HTTPSettings

    /// The page itself contains no data and asks for the token; health without details is for probes without a token.
    private static let openPaths: Set = ["/", "/page.css", "/page.js", "/healthz"]

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let settings = settings()
        try checkMethodAndBody(request)
        try checkPath(request.uri.path)
        try checkHost(request, settings)
        try checkOrigin(request)
        if !Self.openPaths.contains(request.uri.path), !settings.allows(request) {
            throw HTTPErrorResponse(
                .unauthorized, "a token is required (http.token)",
                remedy: "send it as 'Authorization: Bearer TOKEN', or add ?token=TOKEN to the address",
                headers: [.wwwAuthenticate: "Bearer"])
        }
        return try await next(request, context)
    }

    private func checkMethodAndBody(_ request: Request) throws(HTTPErrorResponse) {
        let isAction = Self.isAction(request.uri.path)
        guard isAction ? request.method == .post : request.method == .get || request.method == .head else {
            throw HTTPErrorResponse(
                .methodNotAllowed, "\(request.method) is not allowed here", remedy: "use \(isAction ? "POST" : "GET")",
                headers: [.allow: isAction ? "POST" : "GET, HEAD", .connection: "close"])
        }
        let length = request.headers[.contentLength] ?? "0"
        guard length == "0", request.headers[.transferEncoding] == nil else {
            throw HTTPErrorResponse(
                .contentTooLarge, "requests have no body here", remedy: "send none", headers: [.connection: "close"])
        }
    }

    /// What changes something: /v1/streams/NAME/recentre.
    private static func isAction(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.count == 4 && parts[0] == "v1" && parts[1] == "streams" && parts[3] == "recentre"
    }

    /// A page of another site may make a browser send what changes something; it says where it comes from.
    private func checkOrigin(_ request: Request) throws(HTTPErrorResponse) {
        guard Self.isAction(request.uri.path), let origin = request.headers[.origin] else { return }
        let host = origin.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init)
        guard host?.lowercased() == request.head.authority?.lowercased() else {
            throw HTTPErrorResponse(
                .forbidden, "pages of another site may not change anything here", remedy: "send no Origin header")
        }
    }

    private func checkPath(_ path: String) throws(HTTPErrorResponse) {
        let parts = path.split(separator: "/").map { $0.removingPercentEncoding }
        let isPlain = parts.allSatisfy { part in
            guard let part else { return false }
            return part != "." && part != ".." && part.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
        }
        guard isPlain else {
            throw HTTPErrorResponse(
                .badRequest, "the path contains '.', '..' or bytes that are not text", remedy: "ask for a plain path")
        }
    }

    /// DNS rebinding: a page of another site, whose name resolves to this machine, must not read what only this machine may.
    private func checkHost(_ request: Request, _ settings: HTTPSettings) throws(HTTPErrorResponse) {
        guard settings.token == nil, let host = request.head.authority.map(hostName) else { return }
        let known = ["localhost", "127.0.0.1", "::1", settings.host.lowercased()]
        guard known.contains(host) else {
            throw HTTPErrorResponse(
                .misdirectedRequest, "'\(host)' is not a name of this service",
                remedy: "ask for http://\(settings.listen), or set http.token to allow any name")
        }
    }
}

/// The name or address before the port: "::1" of "[::1]:8068".
private func hostName(_ authority: String) -> String {
    let authority = authority.lowercased()
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
        return String(authority[authority.index(after: authority.startIndex)..<end])
    }
    return authority.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? ""
}

extension HTTPSettings {
    /// Whether a request shows the token, or none is set.
    func allows(_ request: Request) -> Bool {
        guard let token else { return true }
        if let header = request.headers[.authorization] {
            let words = header.split(separator: " ", maxSplits: 1)
            guard words.count == 2, words[0].lowercased() == "bearer" else { return false }
            return areEqual(String(words[1]), token)
        }
        return request.uri.queryParameters["token"].map { areEqual(String($0), token) } ?? false
    }
}

/// Compares all bytes of both, so that the time taken does not reveal how much of a guess was right.
private func areEqual(_ guess: String, _ secret: String) -> Bool {
    let (guess, secret) = (Array(guess.utf8), Array(secret.utf8))
    var difference = guess.count ^ secret.count
    for (index, byte) in guess.enumerated() { difference |= Int(byte ^ secret[index % max(1, secret.count)]) }
    return difference == 0
}

/// Checks what is known only before Hummingbird parses the request: its version, and that it names one host.
///
/// An answer to HTTP/1.0 is of that version, is not sent in chunks, and is the last one of its connection. A rejection is passed to
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
            return HTTPErrorResponse(
                .badRequest, "the request names no host", remedy: "send the Host header that HTTP/1.1 requires")
        }
        return nil
    }
}

extension HTTPErrorResponse {
    static let unknownVersion = HTTPErrorResponse(
        .httpVersionNotSupported, "this version of HTTP is not supported", remedy: "use HTTP/1.1")
}
