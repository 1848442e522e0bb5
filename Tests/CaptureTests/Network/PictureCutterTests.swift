import Base
import TestSupport
import Testing

@testable import Capture

/// Where pictures end that come without any frame around them.
@Suite struct JPEGScannerTests {
    @Test func aThumbnailDoesNotEndItsPicture() throws {
        let thumbnail = try jpegPictures([20], width: 16, height: 16)
        let picture = withThumbnail(try jpegPictures([120], width: 64, height: 48), thumbnail)
        var scanner = JPEGScanner()
        #expect(scanner.scan(picture + [0xFF, 0xD8]) == .end(picture.count))
        var slow = JPEGScanner()
        for count in 0..<picture.count { #expect(slow.scan(Array(picture[..<count])) == .needsMore) }
        #expect(slow.scan(picture) == .end(picture.count))
    }

    @Test func markersThatEndNothingAreSteppedOver() {
        let comment: [UInt8] = [0xFF, 0xFE, 0, 6, 0xFF, 0xD9, 0xFF, 0xD8]
        let scan: [UInt8] = [0xFF, 0xDA, 0, 2, 7, 0xFF, 0, 0xFF, 0xD0, 7, 0xFF, 0xFF, 0xD7, 7]
        let picture = [0xFF, 0xD8] + comment + scan + scan + [0xFF, 0xFF, 0xD9]
        var scanner = JPEGScanner()
        #expect(scanner.scan(picture) == .end(picture.count))
    }

    @Test func aCutOffPictureEndsWhereTheNextBegins() throws {
        let picture = try jpegPictures([120], width: 64, height: 48)
        var scanner = JPEGScanner()
        let half = picture.count - 40
        #expect(scanner.scan(picture[..<half] + picture) == .nextPicture(half))
    }

    @Test(arguments: [
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 0], [0xFF, 0xD8, 0xFF, 0xE0, 0xFF, 0xFF], [0xFF, 0xD8, 0xFF], [0xFF],
    ])
    func whatIsBrokenNeedsMore(_ bytes: [UInt8]) {
        var scanner = JPEGScanner()
        #expect(scanner.scan(bytes) == .needsMore)
    }
}

@Suite struct PictureCutterTests {
    @Test(arguments: CameraWay.all, [1, 7, 1000, 1 << 20])
    func eachWayOfSendingGivesThePictures(_ way: CameraWay, step: Int) throws {
        let pictures = try (0..<5).map { try jpegPictures([UInt8(40 * $0)], width: 48, height: 32) }
        var head = HTTPHead()
        head.add("HTTP/1.1 200 OK")
        head.add("Content-Type: \(way.type)")
        var cutter = PictureCutter(boundary: head.boundary)
        let body = way.body(pictures)
        var found: [[UInt8]] = []
        for start in stride(from: 0, to: body.count, by: step) {
            cutter.append(Array(body[start..<min(start + step, body.count)]))
            while let picture = try cutter.next() { found.append(picture) }
        }
        try #require(found.count == 5)
        for (found, sent) in zip(found, pictures) {
            // All but the bytes that end it, which some do not send.
            #expect(found.starts(with: sent.dropLast(2)) && found.count <= sent.count)
        }
    }

    @Test func aHeaderWithoutAnEndIsRefused() {
        var cutter = PictureCutter(boundary: "cut")
        cutter.append(Array("--cut\r\n".utf8))
        #expect(throws: OversizedPart.header) {
            while true {
                cutter.append(Array("X-Field: value\r\n".utf8))
                _ = try cutter.next()
            }
        }
        var other = PictureCutter()
        #expect(throws: OversizedPart.header) {
            while true {
                other.append([UInt8](repeating: 7, count: 1000))
                _ = try other.next()
            }
        }
    }

    @Test func aPictureWithoutAnEndIsRefused() {
        var cutter = PictureCutter()
        cutter.append([0xFF, 0xD8, 0xFF])
        let more = [UInt8](repeating: 0xFF, count: 4 << 20)
        #expect(throws: OversizedPart.picture) {
            while true {
                cutter.append(more)
                _ = try cutter.next()
            }
        }
    }

    @Test func anyBytesAreCutWithoutATrap() throws {
        var random = SplitMix64(seed: 7)
        let picture = try jpegPictures([90], width: 48, height: 32)
        let pieces: [[UInt8]] = [
            picture, Array(picture[..<50]), Array("--cut\r\n".utf8), Array("Content-Length: 40\r\n".utf8), [0xFF],
            [0xD8],
            Array("Content-Length: 99999999\r\nContent-Type: audio/x\r\n".utf8), Array("\r\n".utf8), [0xFF, 0xD9],
            [0x0A],
            [0xFF, 0xE1, 0xFF, 0xFE], Array("--".utf8), Array("cut--".utf8), [0, 1, 2, 0xFF, 0xDA, 0],
        ]
        for _ in 0..<300 {
            var cutter = PictureCutter(boundary: random.next().isMultiple(of: 2) ? "cut" : nil)
            for _ in 0..<40 {
                cutter.append(pieces[Int(random.next() % UInt64(pieces.count))])
                while let found = try cutter.next() { #expect(found.starts(with: [0xFF, 0xD8])) }
            }
        }
    }
}

@Suite struct ThrottleTests {
    @Test func aBurstIsFreeAndWhatComesAfterIsHeldBack() {
        var throttle = Throttle(rate: 100, burst: 10)
        #expect((0..<10).map { _ in throttle.take(1, now: 50) }.allSatisfy { $0 < 1e-9 })
        #expect(abs(throttle.take(1, now: 50) - 0.01) < 1e-9)
        #expect(abs(throttle.take(1, now: 50) - 0.02) < 1e-9)
        #expect(throttle.take(1, now: 51) == 0)
    }
}
