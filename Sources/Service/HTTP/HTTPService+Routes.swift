import Base
import Capture
import Foundation
import Hummingbird
import ServiceLifecycle

extension HTTPService {
    /// Seconds that a reader waits for a picture.
    private static let pictureSeconds = 2.0

    func makeRouter() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ResponseMiddleware(metrics: metrics, logger: logger))
        router.add(middleware: RequestValidationMiddleware { [self] in settings })
        addPage(to: router)
        router.get("healthz") { [self] request, _ in try health(request) }
        router.get("metrics") { [self] _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text(version: programVersion))))
        }
        router.get("v1/streams") { [self] _, _ in
            try jsonResponse(
                StreamList(
                    streams: streams.states.map(StreamReport.init), preview: settings.preview, lines: streams.lines))
        }
        router.get("v1/events") { [self] request, _ in feed(nil, for: request).response(to: request, events) }
        router.get("v1/streams/:name") { [self] _, context in try latest(of: stream(context)) }
        router.get("v1/streams/:name/events") { [self] request, context in
            feed(try stream(context).name, for: request).response(to: request, events)
        }
        router.post("v1/streams/:name/recentre") { [self] _, context in
            try stream(context).recentring.add()
            return Response(status: .noContent)
        }
        router.get("v1/streams/:name/frame.jpg") { [self] _, context in try await picture(of: stream(context)) }
        return router
    }

    private func addPage(to router: Router<BasicRequestContext>) {
        let files = [
            ("/", "text/html", Page.html), ("/page.css", "text/css", Page.style),
            ("/page.js", "text/javascript", Page.script),
        ]
        for (path, type, text) in files {
            router.get(RouterPath(path)) { _, _ in
                Response(
                    status: .ok, headers: [.contentType: "\(type); charset=utf-8"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
            }
        }
    }

    private func feed(_ name: String?, for request: Request) -> EventFeed {
        EventFeed(name: name) { [self] in settings.allows(request) }
    }

    private func health(_ request: Request) throws -> Response {
        var report = HealthReport(streams.states)
        let status = report.failing?.isEmpty == true ? HTTPResponse.Status.ok : .serviceUnavailable
        if !settings.allows(request) { report.failing = nil }
        return try jsonResponse(report, status: status)
    }

    private func stream(_ context: BasicRequestContext) throws(HTTPErrorResponse) -> StreamState {
        let name = context.parameters.get("name")?.removingPercentEncoding ?? ""
        if let stream = streams.state(name) { return stream }
        let names = streams.states.map(\.name)
        let remedy = closestName(to: name, among: names).map { "did you mean '\($0)'?" }
        throw HTTPErrorResponse(
            .notFound, "no stream is called '\(name)'",
            remedy: remedy ?? "streams here: \(names.isEmpty ? "none" : names.joined(separator: ", "))")
    }

    private func latest(of stream: StreamState) throws -> Response {
        guard let latest = stream.latest else { throw noFrame(of: stream) }
        var text = TextBuffer()
        text.append(latest)
        text.append("\n")
        return jsonResponse(ByteBuffer(bytes: text.bytes))
    }

    private func picture(of stream: StreamState) async throws -> Response {
        guard settings.preview else {
            throw HTTPErrorResponse(
                .notFound, "pictures are switched off", remedy: "set http.preview to true to see them")
        }
        // A stream that waits for its source has no picture: answer at once.
        let mayCome = stream.status.state == .delivering || stream.status.state == .starting
        let picture =
            mayCome
            ? await cancelWhenGracefulShutdown { [self] in
                await pictures.picture(of: stream, within: Self.pictureSeconds)
            } : nil
        guard let picture else { throw noFrame(of: stream) }
        return Response(
            status: .ok, headers: [.contentType: "image/jpeg", .init("Landmarkd-Frame")!: "\(picture.frame)"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: picture.bytes)))
    }

    private func noFrame(of stream: StreamState) -> HTTPErrorResponse {
        let status = stream.status
        let why =
            status.state == .ended ? "its source has ended" : status.shownReasons.first ?? "no frame came in time"
        return HTTPErrorResponse(
            .serviceUnavailable, "stream '\(stream.name)' has no frame to show: \(why)",
            remedy: "retry later; /healthz reports the state of the stream", headers: [.retryAfter: "2"])
    }
}
