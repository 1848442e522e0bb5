import Foundation
import TestSupport
import Testing

@testable import Capture

/// A password is for the server in its address, and for no other that this one names.
@Suite(.ownThread) struct RedirectTests {
    /// Asks for a password, then sends on to `place`.
    private func gate(to place: @escaping @Sendable (HTTPCamera.Request) -> String) throws -> HTTPCamera {
        try HTTPCamera { connection, request in
            guard request.field("Authorization") != nil else {
                return connection.send(
                    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n")
            }
            return connection.send("HTTP/1.1 302 Found\r\nLocation: \(place(request))\r\nContent-Length: 0\r\n\r\n")
        }
    }

    @Test func picturesOfAnotherServerAreReadWithoutThePassword() throws {
        let picture = try pictures([90])[0]
        let other = try HTTPCamera { connection, _ in connection.send(httpAnswer("200 OK", "image/jpeg", picture)) }
        let port = other.port
        let first = try gate { _ in "http://127.0.0.1:\(port)/there" }
        let source = try first.open(user: "anna:swordfish@")
        for live in try frames(3, of: source) { #expect(abs(middleLuma(live.frame) - 90) <= 3) }
        #expect(other.requests.count >= 3 && other.requests.allSatisfy { $0.path == "/there" })
        #expect(other.requests.allSatisfy { $0.field("Authorization") == nil })
    }

    @Test func aRecordingOfAnotherServerIsReadWithoutThePassword() throws {
        let folder = try TemporaryFolder()
        try writeClip(folder.path("clip.mp4"), times: (0..<5).map { Double($0) / 50 })
        let clip = bytes(of: folder.path("clip.mp4"))
        let other = try HTTPCamera { connection, _ in connection.send(httpAnswer("200 OK", "video/mp4", clip)) }
        let port = other.port
        let first = try gate { _ in "http://127.0.0.1:\(port)/clip.mp4" }
        _ = try frames(5, of: try first.open(user: "anna:swordfish@"))
        #expect(other.requests.count >= 2, "ours and FFmpeg's")
        #expect(other.requests.allSatisfy { $0.field("Authorization") == nil })
    }

    @Test func anotherServerThatAsksForAPasswordGetsNone() throws {
        let other = try HTTPCamera { connection, _ in
            connection.send(
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n")
        }
        let port = other.port
        let first = try gate { _ in "http://127.0.0.1:\(port)/there" }
        #expect(fault { _ = try first.open(user: "anna:swordfish@") }?.exitCode == .noPermission)
        #expect(other.requests.allSatisfy { $0.field("Authorization") == nil })
    }

    @Test func theSameServerGetsThePasswordAgain() throws {
        let picture = try pictures([90])[0]
        let camera = try HTTPCamera { connection, request in
            guard request.field("Authorization") != nil else {
                return connection.send(
                    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n")
            }
            return request.path == "/live"
                ? connection.send("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")
                : connection.send(httpAnswer("200 OK", "image/jpeg", picture))
        }
        _ = try frames(2, of: try camera.open(user: "anna:swordfish@"))
    }

    @Test func redirectsInACircleEnd() throws {
        let camera = try HTTPCamera { connection, _ in
            connection.send("HTTP/1.1 302 Found\r\nLocation: /live\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(fault { _ = try camera.open() }?.cause.hasSuffix(": too many redirects") == true)
        #expect(camera.requests.count < 10)
    }

    @Test func anRTSPServerThatSendsOnDoesNotTakeThePasswordAlong() throws {
        let folder = try TemporaryFolder()
        try writeClip(folder.path("clip.ts"), times: (0..<50).map { Double($0) / 25 }, .of("libx264", "mpegts"))
        let other = try rtspServer(bytes(of: folder.path("clip.ts")))
        let first = try rtspGate(to: "rtsp://127.0.0.1:\(other.port)/there")
        let opener = try NetworkOpener("rtsp://anna:swordfish@127.0.0.1:\(first.port)/live", patience: .long)
        let source = try opener.open(stop: StopSignal())
        for (index, live) in try frames(10, of: source).enumerated() {
            #expect(abs(middleLuma(live.frame) - markedLuma(index)) <= 3)
        }
        #expect(first.requests.contains { $0.contains("Authorization: Basic ") })
        #expect(other.requests.contains { $0.hasPrefix("PLAY rtsp://127.0.0.1:\(other.port)/there") })
        #expect(other.requests.allSatisfy { !$0.contains("Authorization") })
    }

    @Test func anRTSPServerThatSendsOnToItselfKeepsThePassword() throws {
        let server = try rtspGate(to: nil)
        let opener = try NetworkOpener("rtsp://anna:swordfish@127.0.0.1:\(server.port)/live", patience: .long)
        let error = try #require(fault { _ = try opener.open(stop: StopSignal()) })
        #expect(error.cause.contains("nothing of that name"), "\(error)")
        #expect(server.requests.last?.contains("/there") == true)
        #expect(server.requests.last?.contains("Authorization: Basic ") == true)
    }

    @Test func rtspRedirectsToAFileAreNotFollowed() throws {
        let server = try rtspGate(to: "file:///etc/passwd")
        let address = "rtsp://anna:swordfish@127.0.0.1:\(server.port)/live"
        let error = try #require(
            fault { _ = try NetworkOpener(address, patience: .long).open(stop: StopSignal()) })
        #expect(error.exitCode == .unusableData && !"\(error)".contains("swordfish"), "\(error)")
    }

    @Test func rtspRedirectsInACircleEnd() throws {
        let server = try LoopbackServer { connection in
            while let request = connection.request() {
                let number = request.split(separator: "\r\n").first { $0.hasPrefix("CSeq:") } ?? "CSeq: 0"
                let place = request.split(separator: " ")[1]
                // Another name for the same server is another server.
                let other =
                    place.contains("127.0.0.1")
                    ? place.replacing("127.0.0.1", with: "localhost") : place.replacing("localhost", with: "127.0.0.1")
                connection.send("RTSP/1.0 302 Moved\r\n\(number)\r\nLocation: \(other)\r\n\r\n")
            }
        }
        let error = try #require(
            fault {
                _ = try NetworkOpener("rtsp://127.0.0.1:\(server.port)/live", patience: .long)
                    .open(stop: StopSignal())
            })
        #expect(error.cause.hasSuffix(": more than 5 redirects"), "\(error)")
    }

    /// An RTSP server that asks for a password, then sends on; nil: to another path of its own, which it does not have.
    private func rtspGate(to place: String?) throws -> LoopbackServer {
        try LoopbackServer { connection in
            while let request = connection.request() {
                let number = request.split(separator: "\r\n").first { $0.hasPrefix("CSeq:") } ?? "CSeq: 0"
                let status =
                    switch true {
                    case request.hasPrefix("OPTIONS"): "200 OK"
                    case !request.contains("Authorization"): "401 Unauthorized"
                    case request.contains("/there"): "404 Not Found"
                    default: "302 Moved"
                    }
                let own = request.split(separator: " ")[1].replacing("/live", with: "/there")
                connection.send(
                    "RTSP/1.0 \(status)\r\n\(number)\r\nWWW-Authenticate: Basic realm=\"a\"\r\n"
                        + "Location: \(place ?? String(own))\r\n\r\n")
            }
        }
    }
}
