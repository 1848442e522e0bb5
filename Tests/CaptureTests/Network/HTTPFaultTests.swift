import Base
import Foundation
import TestSupport
import Testing

@testable import Capture

/// Servers on loopback that do not send what they should: everything ends, within bounds and with a reason.
@Suite(.ownThread) struct HTTPFaultTests {
    /// Answers with `head`, a picture where it is asked to, and what `rest` sends.
    private func camera(
        _ head: String = streamHead(), picture isSent: Bool = true,
        _ rest: @escaping @Sendable (LoopbackServer.Connection) -> Void
    ) throws -> HTTPCamera {
        let picture = isSent ? part(try pictures([90])[0]) : []
        return try HTTPCamera { connection, _ in
            connection.send(head)
            connection.send(picture)
            rest(connection)
            return false
        }
    }

    /// What such a camera comes to in the end, without its address.
    private func end(_ camera: HTTPCamera, _ patience: NetworkOpener.Patience = .long) throws -> String {
        let error = try #require(
            fault {
                let source = try camera.open(patience: patience)
                while try source.next() != nil {}
            })
        let name = "http://127.0.0.1:\(camera.port)/live: "
        #expect(error.cause.hasPrefix(name) && error.remedy != nil)
        return String(error.cause.dropFirst(name.count))
    }

    @Test func aStallInTheMiddleOfAPart() throws {
        let half = part(try pictures([90])[0])[..<200]
        let camera = try camera { connection in
            connection.send(Array(half))
            connection.hang()
        }
        #expect(try end(camera, .reading(0.4)) == "no picture came, though data did, for 0.4 s")
    }

    @Test func silenceAfterAPicture() throws {
        #expect(try end(camera { $0.hang() }, .reading(0.4)) == "nothing came for 0.4 s")
    }

    @Test func aHeadAndNothingElse() throws {
        // Long enough for the head to come on a busy machine.
        let patience = NetworkOpener.Patience(opening: 2, reading: 120)
        #expect(try end(camera(picture: false) { $0.hang() }, patience) == "nothing came for 2 s")
    }

    @Test func aHeadWithoutAnEnd() throws {
        let endless = try camera("HTTP/1.1 200 OK\r\n", picture: false) { connection in
            while connection.send("X-Field: value\r\n") {}
        }
        #expect(try end(endless) == "the answer's header is longer than 64 KiB")
        let oneLine = try camera("HTTP/1.1 200 OK\r\nX-Field: ", picture: false) { connection in
            while connection.send("value, ") {}
        }
        #expect(try end(oneLine) == "the answer's header is longer than 64 KiB")
    }

    @Test func aPartsHeaderWithoutAnEnd() throws {
        let camera = try camera { connection in
            connection.send("--cut\r\n")
            while connection.send("X-Field: value\r\n") {}
        }
        #expect(try end(camera) == "the header of a part is longer than 64 KiB")
    }

    @Test func aPictureWithoutAnEnd() throws {
        let camera = try camera { connection in
            connection.send("--cut\r\nContent-Length: 999999999999\r\n\r\n")
            connection.send([0xFF, 0xD8, 0xFF, 0xDA, 0, 2])
            let more = [UInt8](repeating: 0x55, count: 1 << 20)
            while connection.send(more) {}
        }
        #expect(try end(camera) == "a picture is larger than 32 MiB")
    }

    @Test func picturesThatNeverDecode() throws {
        let broken: [UInt8] = [0xFF, 0xD8, 0xFF, 0xDB, 0, 4, 1, 2, 0xFF, 0xD9]
        let camera = try camera { connection in
            while connection.send(part(broken)) { usleep(2000) }
        }
        let source = try camera.open(patience: .reading(0.4))
        _ = try frames(1, of: source)
        let error = try #require(fault(of: source))
        #expect(error.cause.hasSuffix(": no good picture came, \(source.brokenFrames) broken, for 0.4 s"))
        #expect(source.brokenFrames > 0)
    }

    @Test func picturesThatNeverDecodeAreCountedEvenWhereNoneIsGood() throws {
        let camera = try camera(picture: false) { connection in
            while connection.send(part([0xFF, 0xD8, 0xFF, 0xDB, 0, 4, 1, 2, 0xFF, 0xD9])) { usleep(2000) }
        }
        let source = try camera.open(patience: NetworkOpener.Patience(opening: 0.4, reading: 120))
        #expect(fault(of: source)?.cause.hasSuffix("broken, for 0.4 s") == true && source.brokenFrames > 0)
    }

    /// In parts, as the answer to the second request for a snapshot, and as one answer that stalls.
    @Test func bodiesThatAreNoPictureCountAsBroken() throws {
        let text = Array("no picture today\nsize: 12\n\nagain: none\n\nagain: none\n".utf8)
        let parts = try camera { connection in
            for _ in 0..<3 { connection.send(part(text)) }
            connection.send(part(Array("--".utf8)) + Array("--cut\r\nContent-Type: text/plain\r\n\r\n".utf8) + text)
        }
        let source = try parts.open()
        #expect(fault { while try source.next() != nil {} } != nil && source.brokenFrames == 3)

        let picture = try pictures([90])[0]
        let snapshots = try HTTPCamera { connection, request in
            connection.send(httpAnswer("200 OK", "image/jpeg", request.number.isMultiple(of: 2) ? picture : text))
        }
        let shots = try snapshots.open()
        _ = try frames(3, of: shots)
        #expect(shots.brokenFrames == 2)

        let stalled = try HTTPCamera { connection, _ in
            connection.send(streamHead("image/jpeg"))
            connection.send(text)
            connection.hang()
            return false
        }
        let silent = try stalled.open(patience: NetworkOpener.Patience(opening: 2, reading: 120))
        #expect(fault(of: silent)?.cause.contains("no picture came, though data did") == true)
        #expect(silent.brokenFrames == 1)
    }

    @Test func theEndOfWhatHasNone() throws {
        #expect(try end(camera { _ in }) == "the server ended the stream")
        let half = part(try pictures([90])[0])[..<200]
        #expect(try end(camera { $0.send(Array(half)) }) == "the server ended the stream")
    }

    @Test func answersThatAreNone() throws {
        #expect(try end(camera("", picture: false) { _ in }) == "the server hung up without an answer")
        #expect(try end(camera(picture: false) { _ in }) == "the answer is empty")
        #expect(try end(camera("SSH-2.0-OpenSSH_9\r\n", picture: false) { _ in }) == "the server does not speak HTTP")
        let html = try HTTPCamera { connection, _ in
            connection.send(httpAnswer("200 OK", "text/html", Array("<html>".utf8)))
        }
        #expect(try end(html) == "the answer is a web page, not a video")
    }

    @Test func aServerThatSendsAsFastAsItCanIsHeldBack() throws {
        let picture = part(try pictures([90])[0])
        let camera = try camera { connection in while connection.send(picture) {} }
        let source = try camera.open()
        let start = monotonicSeconds()
        _ = try frames(181, of: source)
        // 60 at once, the others 240 a second at most.
        #expect(monotonicSeconds() - start > 120.0 / 240 - 0.05)
    }
}
