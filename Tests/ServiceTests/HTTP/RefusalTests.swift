import Glibc
import Logging
import TestSupport
import Testing

@testable import Base
@testable import Service

@Suite struct RefusalTests {
    @Test func crookedPathsAreRefused() async throws {
        try await ServedStreams.run([deliveringStream("a")]) { served in
            let paths = [
                "/../etc/passwd", "/v1/streams/../../etc/passwd", "/v1/streams/%2e%2e/events", "/v1/./streams",
                "/v1/streams/a%00b", "/v1/streams/%",
            ]
            for path in paths {
                let answer = try await served.ask(path)
                #expect(answer.status == 400 && answer.text.hasPrefix(#"{"error":"the path "#), "\(path)")
            }
            #expect(try await served.ask("/v1/streams/..%2f..%2fetc").status == 404, "a name, and no stream has it")
        }
    }

    @Test func onlyGetAndHeadAreTaken() async throws {
        try await ServedStreams.run([deliveringStream("a")]) { served in
            for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
                let answer = try await served.ask("/v1/streams", method: method)
                #expect(answer.status == 405 && answer.headers["allow"] == "GET, HEAD", "\(method)")
            }
            #expect(try await served.ask("/v1/streams", method: "BREW").status == 400, "that is no method at all")
            let (head, get) = (try await served.ask("/v1/streams", method: "HEAD"), try await served.ask("/v1/streams"))
            #expect(head.status == 200 && head.headers["content-length"] == get.headers["content-length"])
            for (path, status) in [("/v1/streams/a/events", 200), ("/nothing", 404), ("/healthz", 200)] {
                #expect(try await served.ask(path, method: "HEAD").status == status, "\(path)")
            }
        }
    }

    @Test func recentringTakesPostFromNoOtherSite() async throws {
        let stream = deliveringStream("a")
        try await ServedStreams.run([stream]) { served in
            let path = "/v1/streams/a/recentre"
            let read = try await served.ask(path)
            #expect(read.status == 405 && read.headers["allow"] == "POST")
            let foreign = ["Host: localhost", "Origin: https://elsewhere.example"]
            #expect(try await served.ask(path, method: "POST", headers: foreign).status == 403)
            #expect(try await served.ask("/v1/streams/b/recentre", method: "POST").status == 404)
            #expect(stream.recentring.made == 0)
            #expect(try await served.ask(path, method: "POST").status == 204)
            let own = ["Host: localhost", "Origin: http://localhost"]
            #expect(try await served.ask(path, method: "POST", headers: own).status == 204)
            #expect(stream.recentring.made == 2)
        }
    }

    @Test func headHasNoBody() async throws {
        try await ServedStreams.run([]) { served in
            try await onThread {
                let conversation = try HTTPConversation(port: served.port)
                try conversation.ask("/nothing", method: "HEAD")
                #expect(try conversation.answer(hasBody: false).status == 404)
                try conversation.ask("/healthz")
                #expect(
                    try conversation.answer().status == 200, "the next answer begins right after the first's header")
            }
        }
    }

    @Test func aRequestWithABodyIsRefusedBeforeItIsRead() async throws {
        try await ServedStreams.run([]) { served in
            try await onThread {
                for header in ["Content-Length: 1000000000", "Transfer-Encoding: chunked"] {
                    let conversation = try HTTPConversation(port: served.port)
                    try conversation.ask("/v1/streams", headers: ["Host: localhost", header])
                    #expect(try conversation.answer().status == 413)
                    #expect(conversation.isEnded())
                }
            }
        }
    }

    @Test func hugeHeadersAndWhatIsNoHTTPAreRefused() async throws {
        try await ServedStreams.run([]) { served in
            try await onThread {
                let long = try HTTPConversation(port: served.port)
                try long.ask("/", headers: ["Host: localhost", "X-Long: " + String(repeating: "x", count: 20_000)])
                let refusal = try long.answer()
                #expect(
                    refusal.status == 431 && refusal.text == #"{"error":"the request's header is too large"}"# + "\n")
                #expect(long.isEnded())
                let many = try HTTPConversation(port: served.port)
                try many.ask("/", headers: (0..<200).map { "X-\($0): y" })
                #expect(try many.answer().status == 431)
                let noise = try HTTPConversation(port: served.port)
                try noise.send("\u{1}\u{2}\u{3} is no request\r\n\r\n")
                #expect(try noise.answer().status == 400)
                #expect(noise.isEnded())
            }
            #expect(try await served.ask("/healthz").status == 200)
        }
    }

    @Test func aRequestNamesExactlyOneHost() async throws {
        try await ServedStreams.run([], token: "s3cret token") { served in
            for (hosts, text) in [([], "names no host"), (["Host: a", "Host: b"], "names 2 hosts")] {
                let answer = try await served.ask("/healthz", headers: hosts)
                #expect(answer.status == 400 && answer.text.contains(text), "\(answer.text)")
            }
            #expect(try await served.ask("/healthz", headers: ["Host: a"]).status == 200)
        }
    }

    @Test func earlyRefusalsCarryTheHeadersOfAllAnswers() async throws {
        try await ServedStreams.run([]) { served in
            let late = try await served.ask("/nothing")
            let names = ["cache-control", "content-security-policy", "x-content-type-options", "referrer-policy"]
            #expect(late.status == 404 && names.allSatisfy { late.headers[$0] != nil })
            let requests = [
                ("GET / HTTP/1.1\r\n\r\n", 400), ("\u{1}\u{2} is no request\r\n\r\n", 400),
                ("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
                ("GET / HTTP/0.9\r\nHost: localhost\r\n\r\n", 505),
                ("GET / HTTP/1.1\r\nX-Long: \(String(repeating: "x", count: 20_000))\r\n\r\n", 431),
            ]
            try await onThread {
                for (request, status) in requests {
                    let conversation = try HTTPConversation(port: served.port)
                    try conversation.send(request)
                    let early = try conversation.answer()
                    #expect(early.status == status, "\(request.prefix(20)): \(early.text)")
                    #expect(early.headers["content-type"] == "application/json")
                    #expect(names.allSatisfy { early.headers[$0] == late.headers[$0] }, "\(status): \(early.headers)")
                    #expect(early.headers["connection"] == "close" && conversation.isEnded())
                }
            }
        }
    }

    @Test func anAnswerToHTTP10IsTheLastOne() async throws {
        let state = deliveringStream("a")
        try await ServedStreams.run([state]) { served in
            let publishing = Task { await state.publishFrames() }
            defer { publishing.cancel() }
            try await onThread {
                for request in ["GET /healthz HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"] {
                    let conversation = try HTTPConversation(port: served.port)
                    try conversation.send(request)
                    let answer = try conversation.answer()
                    #expect(answer.status == 200 && !answer.body.isEmpty)
                    #expect(answer.headers["connection"] == "close" && conversation.isEnded())
                }
                let events = try HTTPConversation(port: served.port)
                try events.send("GET /v1/events HTTP/1.0\r\n\r\n")
                let head = try events.head()
                #expect(head.status == 200 && head.headers["transfer-encoding"] == nil)
                #expect(try events.plainText(until: "\n\n") == "retry: 2000", "no sizes of chunks between")
            }
        }
    }

    @Test func withATokenOnlyThePageAndBareHealthAreOpen() async throws {
        let state = StreamState(name: "a")
        state.update { ($0.state, $0.reasons) = (.waiting, ["/dev/video0: no such device"]) }
        try await ServedStreams.run([state], token: "s3cret token") { served in
            let paths = ["/metrics", "/v1/streams", "/v1/streams/a", "/v1/streams/a/events", "/v1/events", "/nothing"]
            let wrong = [[], ["Authorization: Bearer s3cret"], ["Authorization: Basic s3cret token"]]
            for path in paths {
                for headers in wrong {
                    let answer = try await served.ask(path, headers: ["Host: anything"] + headers)
                    #expect(
                        answer.status == 401 && answer.headers["www-authenticate"] == "Bearer", "\(path) \(headers)")
                    #expect(answer.text.contains("http.token") && !answer.text.contains("s3cret"))
                }
                #expect(try await served.ask(path + "?token=s3cret%20toke").status == 401)
            }
            let bearer = ["Host: landmarkd.example", "Authorization: Bearer s3cret token"]
            #expect(try await served.ask("/v1/streams", headers: bearer).status == 200)
            #expect(try await served.ask("/v1/streams?token=s3cret%20token").status == 200)
            for path in ["/", "/page.css", "/page.js"] { #expect(try await served.ask(path).status == 200) }
            let bare = try await served.ask("/healthz")
            #expect(bare.status == 503 && bare.text == #"{"status":"failing"}"# + "\n")
            #expect(try await served.ask("/healthz", headers: bearer).text.contains("no such device"))
        }
    }

    @Test func theTokenMayChangeWhileItRuns() async throws {
        try await ServedStreams.run([], token: "old") { served async throws in
            var settings = served.service.settings
            settings.token = "new"
            served.service.settings = settings
            #expect(try await served.ask("/v1/streams?token=old").status == 401)
            #expect(try await served.ask("/v1/streams?token=new").status == 200)
        }
    }

    @Test func withoutATokenOnlyNamesOfThisMachineAreAnswered() async throws {
        try await ServedStreams.run([]) { served async throws in
            for host in ["localhost", "LocalHost:8068", "127.0.0.1:1", "[::1]:80", "[::1]"] {
                #expect(try await served.ask("/v1/streams", headers: ["Host: \(host)"]).status == 200, "\(host)")
            }
            for host in ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:8068", ""] {
                #expect(try await served.ask("/v1/streams", headers: ["Host: \(host)"]).status == 421, "\(host)")
            }
        }
    }

    @Test func anAddressThatCannotBeHadIsSaidWithARemedy() async throws {
        try await ServedStreams.run([]) { served in
            var settings = HTTPSettings()
            settings.port = served.port
            let taken = await fault(settings)
            #expect(taken?.exitCode == .unavailable)
            #expect(taken?.cause == "http.listen: 127.0.0.1:\(served.port): listening: Address already in use")
            #expect(taken?.remedy?.contains("another port") == true)
        }
        var settings = HTTPSettings()
        (settings.host, settings.port, settings.token) = ("192.0.2.1", 0, "x")
        let foreign = await fault(settings)
        #expect(foreign?.exitCode == .unavailable && foreign?.cause.contains("Cannot assign requested address") == true)
        (settings.host, settings.token) = ("0.0.0.0", nil)
        #expect(await fault(settings)?.exitCode == .wrongSettings)
    }

    @Test(.enabled(if: geteuid() != 0, "root may listen at any port"))
    func aPrivilegedPortIsSaidWithARemedy() async throws {
        var settings = HTTPSettings()
        settings.port = 80
        let fault = await fault(settings)
        #expect(fault?.exitCode == .noPermission && fault?.remedy?.contains("above 1023") == true)
    }

    private func fault(_ settings: HTTPSettings) async -> LandmarkdError? {
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let service = HTTPService(settings, streams: StreamDirectory(), metrics: MetricsRegistry(), logger: silent)
        do {
            try await service.run()
            return nil
        } catch {
            return error as? LandmarkdError
        }
    }
}
