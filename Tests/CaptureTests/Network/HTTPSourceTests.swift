import Base
import Foundation
import TestSupport
import Testing

@testable import Capture

/// Cameras that send JPEGs over HTTP, played by servers on loopback.
@Suite(.ownThread) struct HTTPSourceTests {
    @Test(arguments: CameraWay.all) func eachWayOfSendingIsRead(_ way: CameraWay) throws {
        let shown: [UInt8] = [30, 70, 110, 150, 190, 230]
        let body = way.body(try pictures(shown))
        let camera = try HTTPCamera { connection, _ in
            connection.send(streamHead(way.type))
            connection.send(body)
            connection.hang()
            return false
        }
        let source = try camera.open()
        #expect(source.format == LiveFormat(width: 64, height: 48, encoding: "mjpeg", rate: nil))
        for (live, brightness) in zip(try frames(shown.count, of: source), shown) {
            #expect(abs(middleLuma(live.frame) - Int(brightness)) <= 3 && live.frame.fullRange)
            #expect(abs(live.exposure - unixSeconds()) < 600)
        }
        #expect(source.brokenFrames == 0 && camera.requests.count == 1)
    }

    @Test func timesGrowAndBrokenPicturesAreCounted() throws {
        let good = try pictures([60, 120, 180])
        let broken: [UInt8] = [0xFF, 0xD8, 0xFF, 0xDB, 0, 4, 1, 2, 0xFF, 0xD9]
        let camera = try HTTPCamera { connection, _ in
            connection.send(streamHead())
            for picture in good { connection.send(part(picture) + part(broken) + part(Array(picture[..<200]))) }
            connection.hang()
            return false
        }
        let source = try camera.open()
        let seen = try frames(3, of: source)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.frame.time < $1.frame.time })
        #expect(source.brokenFrames == 4, "two after each picture but the last one")
    }

    @Test func aPictureTurnedByItsEXIFDataIsTurned() throws {
        let folder = try TemporaryFolder()
        let picture = try pictures([90])[0]
        // TIFF, little-endian: one field, orientation (0x112), short, 1 value: 6 (turned to the right).
        let tiff: [UInt8] = [
            0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
        ]
        let exif = Array("Exif\0\0".utf8) + tiff
        let turned = Array(picture[..<2]) + [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + picture[2...]
        try writeFile(folder.path("a.jpg"), turned)
        let still = try readStill(folder.path("a.jpg"))
        let camera = try HTTPCamera { connection, _ in
            connection.send(httpAnswer("200 OK", "image/jpeg", turned))
        }
        let source = try camera.open()
        let frame = try frames(1, of: source)[0].frame
        #expect(frame.orientation == still.orientation && frame.displayWidth == 48)
        #expect(source.format.width == 48)
    }

    @Test func chunksDoNotShow() throws {
        let body = try pictures([50, 150]).flatMap { part($0) }
        let camera = try HTTPCamera { connection, _ in
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=cut\r\n")
            connection.send("Transfer-Encoding: chunked\r\n\r\n")
            for start in stride(from: 0, to: body.count, by: 100) {
                let chunk = Array(body[start..<min(start + 100, body.count)])
                connection.send(Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8))
            }
            connection.hang()
            return false
        }
        #expect(try frames(2, of: camera.open()).map { middleLuma($0.frame) / 10 } == [5, 15])
    }

    @Test(.enabled(if: hasProgram("openssl"), "needs openssl")) func anEncryptedCameraIsRead() throws {
        let folder = try TemporaryFolder()
        try writeFile(folder.path("snap.jpg"), try pictures([90])[0])
        let made = try run(
            "openssl",
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=camera", "-keyout", "key", "-out", "cert"],
            folder: folder.path)
        try #require(made.status == 0, "\(made.errors)")
        let program = try RunningProgram(
            "sh", ["-c", "exec openssl s_server -accept 127.0.0.1:0 -cert cert -key key -WWW 1>&2"],
            folder: folder.path)
        defer { program.send(SIGKILL) }
        #expect(waits { program.errorsSoFar.contains("ACCEPT ") && program.errorsSoFar.hasSuffix("\n") })
        let place = try #require(program.errorsSoFar.firstMatch(of: /ACCEPT (127\.0\.0\.1:\d+)/)?.output.1)
        let source = try NetworkOpener("https://\(place)/snap.jpg", patience: .long).open(stop: StopSignal())
        for live in try frames(2, of: source) { #expect(abs(middleLuma(live.frame) - 90) <= 3) }
    }
}

/// Rates that no server promised.
@Suite(.ownThread) struct PromisedRateTests {
    @Test(
        .enabled(if: hasProgram("ffmpeg"), "needs ffmpeg"),
        arguments: [
            ("h264", ["-c:v", "libx264"], 12.0),
            ("hevc", ["-c:v", "libx265", "-x265-params", "vui-timing-info=0:log-level=none"], nil),
        ])
    func aRawStreamHasTheRateThatItTells(_ kind: String, _ options: [String], _ rate: Double?) throws {
        let folder = try TemporaryFolder()
        let path = folder.path("clip.\(kind)")
        let made = try run(
            "ffmpeg",
            ["-v", "error", "-f", "lavfi", "-i", "testsrc=r=12:s=96x64:d=6", "-pix_fmt", "yuv420p"] + options + [path])
        try #require(made.status == 0, "\(made.errors)")
        let body = bytes(of: path)
        let camera = try HTTPCamera { connection, _ in
            connection.send(streamHead("video/\(kind)"))
            connection.send(body)
            return false
        }
        let source = try camera.open()
        _ = try frames(1, of: source)
        #expect(source.format.encoding == kind && source.format.rate == rate)
    }

    @Test func aFileOfBareJPEGsPromisesNone() throws {
        let folder = try TemporaryFolder()
        try writeFile(folder.path("row.mjpeg"), try pictures((0..<20).map { UInt8(10 * $0) }).flatMap { $0 })
        let source = try FileOpener(folder.path("row.mjpeg")).open(stop: StopSignal())
        #expect(source.format.rate == nil && source.format.width == 64)
        _ = try frames(3, of: source)
    }
}
