import Base
import Foundation
import TestSupport
import Testing

@testable import Capture

/// Streams from servers on loopback, good and bad.
@Suite(.ownThread) struct NetworkOpenerTests {
    private func open(
        _ server: LoopbackServer, _ path: String = "/live", user: String = "", scheme: String = "http",
        patience: NetworkOpener.Patience = NetworkOpener.Patience(opening: 120, reading: 120),
        stop: StopSignal = StopSignal()
    ) throws -> any LiveSource {
        try NetworkOpener("\(scheme)://\(user)127.0.0.1:\(server.port)\(path)", patience: patience).open(stop: stop)
    }

    /// An IP camera's JPEGs over HTTP, one after the other; then `end`.
    private func camera(
        _ brightnesses: [UInt8], end: @escaping @Sendable (LoopbackServer.Connection) -> Void = { _ in }
    ) throws -> LoopbackServer {
        let pictures = try brightnesses.map { try jpegPictures([$0], width: 64, height: 48) }
        return try LoopbackServer { connection in
            _ = connection.request()
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")
            for picture in pictures {
                connection.send("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n")
                connection.send(picture)
                connection.send("\r\n")
            }
            end(connection)
        }
    }

    @Test func anIPCamerasPicturesAreRead() throws {
        let shown = (0..<30).map { UInt8(8 * $0) }
        let server = try camera(shown)
        let source = try open(server)
        #expect(source.format.width == 64 && source.format.encoding == "mjpeg")
        var seen: [LiveFrame] = []
        let error = fault { while let frame = try source.next() { seen.append(frame) } }
        #expect(error?.cause == "http://127.0.0.1:\(server.port)/live: the server ended the stream")
        #expect(error?.exitCode == .unavailable)
        #expect(seen.count == shown.count)
        for (live, brightness) in zip(seen, shown) {
            #expect(abs(middleLuma(live.frame) - Int(brightness)) <= 3 && live.frame.fullRange)
        }
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.frame.time < $1.frame.time })
        #expect(seen.allSatisfy { abs($0.exposure - unixSeconds()) < 600 })
    }

    @Test func aRecordingOverHTTPIsPlayedAtItsPaceAndEnds() throws {
        let folder = try TemporaryFolder()
        try writeClip(folder.path("clip.mp4"), times: (0..<10).map { Double($0) / 50 })
        let body = bytes(of: folder.path("clip.mp4"))
        let server = try LoopbackServer { connection in
            while let request = connection.request() {
                // As servers do that know no ranges: the moov box at the front serves all the same.
                guard request.hasPrefix("GET /clip.mp4 ") else { return }
                connection.send(httpAnswer("200 OK", "video/mp4", body))
            }
        }
        let source = try open(server, "/clip.mp4")
        var played: [LiveFrame] = []
        while let frame = try source.next() { played.append(frame) }
        #expect(played.count == 10)
        for (index, live) in played.enumerated() {
            #expect(abs(middleLuma(live.frame) - markedLuma(index)) <= 3)
            #expect(live.exposure - played[0].exposure > Double(index) / 50 - 0.01)
        }
    }

    @Test func anRTSPCameraIsRead() throws {
        let folder = try TemporaryFolder()
        try writeClip(folder.path("clip.ts"), times: (0..<50).map { Double($0) / 25 }, .of("libx264", "mpegts"))
        let server = try rtspServer(bytes(of: folder.path("clip.ts")))
        let source = try open(server, "/stream1", user: "anna:swordfish@", scheme: "rtsp")
        #expect(source.format.encoding == "h264" && source.format.width == 96)
        for (index, live) in try frames(20, of: source).enumerated() {
            #expect(abs(middleLuma(live.frame) - markedLuma(index)) <= 3)
            #expect(abs(live.frame.time - Double(index) / 25) < 1e-3)
        }
        #expect(server.requests.contains { $0.hasPrefix("PLAY rtsp://127.0.0.1:\(server.port)/stream1") })
    }

    @Test func anRTSPCameraThatFallsSilentIsGivenUp() throws {
        let folder = try TemporaryFolder()
        try writeClip(folder.path("clip.ts"), times: (0..<50).map { Double($0) / 25 }, .of("libx264", "mpegts"))
        let server = try rtspServer(bytes(of: folder.path("clip.ts")))
        let patience = NetworkOpener.Patience(opening: 120, reading: 0.4)
        let source = try open(server, "/1", scheme: "rtsp", patience: patience)
        let error = try #require(fault(of: source))
        #expect(error.cause == "rtsp://127.0.0.1:\(server.port)/1: nothing came for 0.4 s")
    }

    @Test func aServerThatNeverAnswersIsGivenUp() throws {
        let server = try LoopbackServer { $0.hang() }
        let patience = NetworkOpener.Patience(opening: 0.4)
        let error = try #require(fault { _ = try open(server, patience: patience) })
        #expect(error.cause == "http://127.0.0.1:\(server.port)/live: no answer for 0.4 s")
        #expect(error.exitCode == .unavailable)
    }

    @Test(arguments: [false, true]) func anRTSPServerThatHangsIsSaidNotToAnswer(_ knowsOptions: Bool) throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            if knowsOptions { connection.send("RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE\r\n\r\n") }
            connection.hang()
        }
        let patience = NetworkOpener.Patience(opening: 0.4)
        let error = try #require(fault { _ = try open(server, scheme: "rtsp", patience: patience) })
        #expect(error.cause == "rtsp://127.0.0.1:\(server.port)/live: no answer for 0.4 s")
        #expect(error.exitCode == .unavailable)
    }

    @Test func aStreamThatStopsInTheMiddleIsGivenUp() throws {
        let server = try camera((0..<30).map { UInt8($0) }) { $0.hang() }
        let source = try open(server, patience: NetworkOpener.Patience(opening: 120, reading: 0.4))
        let error = try #require(fault(of: source))
        #expect(error.cause == "http://127.0.0.1:\(server.port)/live: nothing came for 0.4 s")
    }

    /// Data keeps coming, so no wait is long; but none of it is a picture.
    @Test func picturesThatNeverDecodeAreAsGoodAsNone() throws {
        let server = try camera((0..<10).map { UInt8($0) }) { connection in
            let part = "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 600\r\n\r\n"
            let broken = [0xFF, 0xD8, 0xFF, 0xDB] + [UInt8](repeating: 7, count: 594) + [0xFF, 0xD9]
            while connection.send(part), connection.send(broken), connection.send("\r\n") { usleep(5000) }
        }
        let source = try open(server, patience: NetworkOpener.Patience(opening: 120, reading: 1))
        let error = try #require(fault(of: source))
        #expect(error.exitCode == .unavailable && error.cause.contains("no good picture"), "\(error)")
        #expect(source.brokenFrames > 5)
    }

    @Test func waitingEndsAtOnceWhenAskedTo() throws {
        let patience = NetworkOpener.Patience(opening: 600, reading: 600)
        let streaming = try camera((0..<30).map { UInt8($0) }) { $0.hang() }
        let stop = StopSignal()
        let source = try open(streaming, patience: patience, stop: stop)
        _ = try frames(5, of: source)
        Thread {
            usleep(50_000)
            stop.set()
        }.start()
        while try source.next() != nil {}
        let silent = try LoopbackServer { $0.hang() }
        #expect(fault { _ = try open(silent, patience: patience, stop: stop) }?.exitCode == .interrupted)
    }

    @Test func aClosedPortIsRefused() throws {
        var server: LoopbackServer? = try LoopbackServer { _ in }
        let port = try #require(server?.port)
        server = nil
        let error = try #require(
            fault { _ = try NetworkOpener("http://127.0.0.1:\(port)/").open(stop: StopSignal()) })
        #expect(error.cause == "http://127.0.0.1:\(port)/: connecting: Connection refused")
    }

    @Test(arguments: [("401 Unauthorized", ExitCode.noPermission), ("404 Not Found", .unavailable)])
    func refusalsTellWhyAndShowNoPassword(_ status: String, _ code: ExitCode) throws {
        let server = try LoopbackServer { connection in
            while connection.request() != nil { connection.send(httpAnswer(status, "text/plain", [])) }
        }
        let error = try #require(fault { _ = try open(server, user: "anna:swordfish@") })
        #expect(error.exitCode == code, "\(error)")
        #expect(error.cause.hasPrefix("http://127.0.0.1:") && !"\(error)".contains("swordfish"), "\(error)")
    }

    @Test func thePasswordReachesTheServer() throws {
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.send(
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n")
            _ = connection.request()
        }
        _ = fault { _ = try open(server, user: "anna:swordfish@") }
        let asked = server.requests.joined()
        #expect(asked.contains("Authorization: Basic \(Data("anna:swordfish".utf8).base64EncodedString())"), "\(asked)")
    }

    @Test func noServerCanPointToAFile() throws {
        let folder = try TemporaryFolder()
        try writeClip(folder.path("clip.mp4"))
        let server = try LoopbackServer { connection in
            _ = connection.request()
            connection.send(
                "HTTP/1.1 302 Found\r\nLocation: file:\(folder.path("clip.mp4"))\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(fault { _ = try open(server) } != nil)
        let list = try LoopbackServer { connection in
            while connection.request() != nil {
                let body = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:\(folder.path("clip.mp4"))\n"
                connection.send(httpAnswer("200 OK", "application/vnd.apple.mpegurl", Array(body.utf8)))
            }
        }
        #expect(fault { _ = try open(list, "/list.m3u8") } != nil)
    }

    @Test func aPageIsNoVideo() throws {
        let server = try LoopbackServer { connection in
            while connection.request() != nil {
                connection.send(httpAnswer("200 OK", "text/html", Array("<html>no video</html>".utf8)))
            }
        }
        let error = try #require(fault { _ = try open(server) })
        #expect(error.exitCode == .unusableData, "\(error)")
    }
}
