import Base
import CFFmpeg
import TestSupport
import Testing

@testable import Capture

@Suite struct StillReaderTests {
    let scratch = Scratch()

    @Test(arguments: [(1, 1), (1, 0), (0, 0)]) func jpegKeepsItsPlanes(shift: (Int, Int)) throws {
        let picture = gradient(width: 97, height: 61, chromaShift: shift)
        let format = [AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P][2 - shift.0 - shift.1]
        let path = scratch.write(
            try StillEncoder.encode(picture.frame(fullRange: true), codec: AV_CODEC_ID_MJPEG, format: format), "a.jpg")
        let frame = try readStill(path)
        #expect(frame.width == 97 && frame.height == 61 && frame.fullRange && frame.bitDepth == 8)
        #expect(frame.chromaShift == shift)
        for (x, y) in [(0, 0), (50, 30), (96, 60), (10, 55)] {
            #expect(difference(colour(frame, x, y), colour(picture.frame(fullRange: true), x, y)) <= 10)
        }
    }

    @Test func pngInRedGreenBlueBecomesFullRange() throws {
        // Pure red in BT.601 full range: Y 76, Cb 85, Cr 255.
        let path = scratch.write(bitmap(width: 5, height: 3, blue: 0, green: 0, red: 255), "red.bmp")
        let frame = try readStill(path)
        #expect(frame.width == 5 && frame.height == 3 && frame.fullRange && frame.chromaShift == (0, 0))
        #expect(difference(colour(frame, 4, 2), [76, 85, 255]) <= 1)
    }

    @Test func writtenPNGReadsBack() throws {
        let picture = gradient(width: 40, height: 31)
        try writePNG(picture, to: scratch.file("a.png"))
        let frame = try readStill(scratch.file("a.png"))
        #expect(frame.width == 40 && frame.height == 31 && frame.fullRange)
        // From limited to full range: (Y − 16) · 255/219.
        #expect(abs(colour(frame, 20, 15)[0] - (Int(picture.plane(0)[15 * 40 + 20]) - 16) * 255 / 219) <= 2)
    }

    @Test func greyIsFullRangeWithoutChroma() throws {
        let path = scratch.write(Array("P5 4 2 255\n".utf8) + [0, 50, 100, 255, 1, 2, 3, 4], "grey.pgm")
        let frame = try readStill(path)
        #expect(frame.chroma == nil && frame.fullRange)
        #expect((0..<4).map { sample(frame.luma, $0, 0) } == [0, 50, 100, 255])
    }

    @Test func sixteenBitGreyKeepsItsDepth() throws {
        let path = scratch.write(Array("P5 2 1 65535\n".utf8) + [0x12, 0x34, 0xFF, 0xFE], "deep.pgm")
        let frame = try readStill(path)
        #expect(frame.bitDepth == 16 && frame.chroma == nil)
        #expect((0..<2).map { sample(frame.luma, $0, 0, bitDepth: 16) } == [0x1234, 0xFFFE])
    }

    /// EXIF's eight orientations: what the stored picture must be turned by to be shown.
    @Test(arguments: [
        (1, 0, false), (2, 0, true), (3, 2, false), (4, 2, true), (5, 3, true), (6, 1, false), (7, 1, true),
        (8, 3, false),
    ])
    func exifOrientationIsTold(exif: Int, turns: Int, mirrored: Bool) throws {
        let plain = try StillEncoder.encode(
            gradient(width: 32, height: 16).frame(fullRange: true), codec: AV_CODEC_ID_MJPEG,
            format: AV_PIX_FMT_YUVJ420P)
        let frame = try readStill(scratch.write(withEXIF(plain, orientation: UInt8(exif)), "e.jpg"))
        #expect(frame.orientation == Orientation(quarterTurns: turns, mirrored: mirrored))
        #expect(frame.displayWidth == (exif < 5 ? 32 : 16))
    }

    @Test func badInputTellsCauseAndExitCode() throws {
        let jpeg = try StillEncoder.encode(
            gradient(width: 64, height: 64).frame(fullRange: true), codec: AV_CODEC_ID_MJPEG,
            format: AV_PIX_FMT_YUVJ420P)
        let cases: [(String, ExitCode)] = [
            (scratch.file("missing.jpg"), .noInput),
            (scratch.path, .noInput),
            (scratch.write([], "empty.jpg"), .unusableData),
            (scratch.write(Array("hello\n".utf8), "text.jpg"), .unusableData),
            (scratch.write(Array(jpeg.prefix(jpeg.count / 2)), "cut.jpg"), .unusableData),
            (scratch.write(Array(jpeg.prefix(20)), "stub.jpg"), .unusableData),
            (scratch.write((0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }, "noise.png"), .unusableData),
            (scratch.write([0x89] + Array("PNG\r\n\u{1a}\n".utf8) + noise(3000), "noisy.png"), .unusableData),
        ]
        for (path, code) in cases {
            let error = #expect(throws: LandmarkdError.self) { try readStill(path) }
            #expect(error?.exitCode == code, "\(path): \(error.map(\.description) ?? "")")
            #expect(error?.cause.contains(path) == true && error?.remedy != nil)
        }
    }

    @Test func shrinkingAveragesAndKeepsTheRest() throws {
        let picture = gradient(width: 400, height: 300)
        let small = shrunk(
            picture.frame(fullRange: false, time: 3, orientation: Orientation(quarterTurns: 1)), toLongerSide: 100)
        #expect(small.width == 100 && small.height == 75 && small.time == 3 && !small.fullRange)
        #expect(small.orientation == Orientation(quarterTurns: 1) && small.chromaShift == (1, 1))
        for (x, y) in [(2, 2), (50, 30), (97, 70)] {
            let expected = colour(picture.frame(fullRange: false), x * 4 + 2, y * 4 + 2)
            #expect(difference(colour(small, x, y), expected) <= 2)
        }
        let same = shrunk(small, toLongerSide: 100)
        #expect(same.luma.base == small.luma.base)
    }

    @Test(.enabled(if: sharedData != nil, "needs ../shared/data")) func realPhotographsAllDecode() throws {
        for folder in ["afw", "fgnet", "helen", "infanface", "lfpw", "negatives", "ytfaces"] {
            for path in try mediaFiles(in: [sharedData! + "/" + folder]).prefix(30).map(\.path) {
                let frame = try readStill(path)
                #expect(frame.fullRange && frame.width > 20)
            }
        }
    }

    private func noise(_ count: Int) -> [UInt8] {
        var generator = SplitMix64(seed: 1)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    /// A Windows bitmap, 24 bits a pixel, one colour.
    private func bitmap(width: Int, height: Int, blue: UInt8, green: UInt8, red: UInt8) -> [UInt8] {
        let rowBytes = (width * 3 + 3) / 4 * 4
        var file = Array("BM".utf8) + little(54 + rowBytes * height) + little(0) + little(54)
        file += little(40) + little(width) + little(height) + [1, 0, 24, 0]
        file += (0..<6).flatMap { _ in little(0) }
        let row = (0..<width).flatMap { _ in [blue, green, red] }
        return file + (0..<height).flatMap { _ in row + [UInt8](repeating: 0, count: rowBytes - row.count) }
    }

    private func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    /// The JPEG with an EXIF block of one entry, the orientation, after its first marker.
    private func withEXIF(_ jpeg: [UInt8], orientation: UInt8) -> [UInt8] {
        let tiff: [UInt8] =
            Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
        let body = Array("Exif\0\0".utf8) + tiff
        return Array(jpeg[..<2]) + [0xFF, 0xE1, 0, UInt8(body.count + 2)] + body + Array(jpeg[2...])
    }
}
