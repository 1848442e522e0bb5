import Base
import CFFmpeg
import Glibc
import TestSupport
import Testing

@testable import Capture

/// Pipes, crops, and pictures that are not what their names say.
@Suite(.ownThread) struct OddFilesTests {
    let scratch = Scratch()

    @Test func aPipeIsReadOnceToItsEnd() throws {
        try writeClip(scratch.file("a.ts"), VideoEncoding.of("mpeg4", "mpegts"))
        mkfifo(scratch.file("p"), 0o600)
        let feeding = try RunningProgram("sh", ["-c", "cat a.ts > p"], folder: scratch.path)
        let (pictures, error) = try readAll(scratch.file("p"))
        #expect(error == nil && pictures.count == 20)
        #expect(abs(middleLuma(try #require(pictures[7].frame)) - markedLuma(7)) <= 6)
        #expect(try feeding.finish().status == 0)
    }

    @Test func aPictureComesThroughAPipeToo() throws {
        try writePNG(gradient(width: 40, height: 31), to: scratch.file("a.png"))
        mkfifo(scratch.file("p.png"), 0o600)
        let feeding = try RunningProgram("sh", ["-c", "cat a.png > p.png"], folder: scratch.path)
        #expect(try readStill(scratch.file("p.png")).width == 40)
        #expect(try feeding.finish().status == 0)
    }

    @Test func readingAPipeCanBeCancelled() throws {
        try writeClip(scratch.file("a.ts"), VideoEncoding.of("mpeg4", "mpegts"))
        mkfifo(scratch.file("p"), 0o600)
        // A writer that never ends.
        let writer = open(scratch.file("p"), O_RDWR | O_CLOEXEC)
        defer { close(writer) }
        let bytes = bytes(of: scratch.file("a.ts"))
        #expect(bytes.count < 60_000 && write(writer, bytes, bytes.count) == bytes.count)
        let input = try InputStream(scratch.file("p"))
        input.cancel()
        let error = #expect(throws: LandmarkdError.self) { try input.readAll("p", atMost: 1 << 20) }
        #expect(error?.exitCode == .interrupted && error?.remedy != nil)
    }

    @Test func pipesInFoldersAreToldAndLinksToNothingKept() throws {
        mkfifo(scratch.file("a.mp4"), 0o600)
        scratch.write([1], "b.mp4")
        symlink("nowhere", scratch.file("c.mp4"))
        var leftOut: [String] = []
        let files = try mediaFiles(in: [scratch.path]) { leftOut.append($0) }
        #expect(files.map(\.path) == [scratch.file("b.mp4"), scratch.file("c.mp4")])
        #expect(leftOut == [scratch.file("a.mp4")])
    }

    struct Crop: Sendable, CustomTestStringConvertible {
        let file: String
        let encoder: String
        let filter: String
        let left: Int
        var testDescription: String { "\(encoder), left \(left)" }
    }

    static let crops = [32, 2, 66].flatMap { left in
        [
            Crop(file: "c.mp4", encoder: "libx264", filter: "h264_metadata", left: left),
            Crop(file: "c.mkv", encoder: "libx265", filter: "hevc_metadata", left: left),
        ]
    }.filter { avcodec_find_encoder_by_name($0.encoder) != nil }

    /// The stream says that columns at its left are not part of the picture: all of them are left out, not only multiples
    /// of the decoder's alignment.
    @Test(.enabled(if: hasProgram("ffmpeg"), "needs ffmpeg"), arguments: crops) func aCropAtTheLeft(crop: Crop) throws {
        var encoding = VideoEncoding.of(crop.encoder, "matroska")
        encoding.quality = 5
        let whole = gradient(width: 320, height: 96)
        let writer = try VideoWriter(
            scratch.file("whole.mkv"), width: 320, height: 96, frameRate: 25, encoding: encoding)
        for index in 0..<3 { try writer.write(whole, time: Double(index) / 25) }
        try writer.finish()
        let cut = try run(
            "ffmpeg",
            ["-v", "error", "-i", "whole.mkv", "-c", "copy", "-bsf:v"]
                + ["\(crop.filter)=crop_left=\(crop.left):crop_right=64", crop.file], folder: scratch.path)
        #expect(cut.status == 0, "\(cut.errors)")
        let frame = try #require(try readAll(scratch.file(crop.file)).pictures.first?.frame)
        #expect(frame.width == 320 - crop.left - 64 && frame.height == 96)
        for x in [0, 50, 180] {
            let wanted = colour(whole.frame(fullRange: false), x + crop.left, 40)
            #expect(difference(colour(frame, x, 40), wanted) <= 4, "column \(x)")
        }
    }

    @Test func anAnimatedPNGIsARecording() throws {
        try writeClip(
            scratch.file("moving.png"), times: (0..<5).map { Double($0) / 10 },
            VideoEncoding.full("apng", "apng", AV_PIX_FMT_RGB24))
        try writePNG(gradient(width: 8, height: 8), to: scratch.file("still.png"))
        #expect(try mediaFiles(in: [scratch.path]).map(\.isStill) == [false, true])
        let (pictures, error) = try readAll(scratch.file("moving.png"))
        #expect(error == nil && pictures.count == 5)
        for picture in pictures {
            #expect(abs(picture.time - Double(picture.index) / 10) < 1e-3)
            let seen = middleLuma(try #require(picture.frame))
            // Full range as stored: 0…255.
            #expect(abs(seen - markedLuma(picture.index)) <= 3)
        }
    }

    @Test func aGIFIsARecordingByWhateverName() throws {
        try writeClip(scratch.file("a.gif"), VideoEncoding.full("gif", "gif", AV_PIX_FMT_GRAY8))
        rename(scratch.file("a.gif"), scratch.file("a.jpg"))
        #expect(MediaFile(path: scratch.file("a.jpg")).isStill == false)
        #expect(try readAll(scratch.file("a.jpg")).pictures.count == 20)
    }

    @Test func formatsThatFFmpegDoesNotReadAreNamed() throws {
        func box(_ brand: String) -> [UInt8] { [0, 0, 0, 24] + Array("ftyp\(brand)\0\0\0\0mif1heic".utf8) }
        // Container, size, "VP8X", its size, and the flag of an animation.
        let webp = Array("RIFF".utf8) + [30, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0, 0x02, 0, 0, 0]
        let cases: [(String, [UInt8], String)] = [
            ("a.webp", webp + [UInt8](repeating: 0, count: 14), "an animated WebP"),
            ("a.heic", box("heic"), "a HEIC picture"), ("b.jpg", box("mif1"), "a HEIC picture"),
            ("a.avif", box("avif"), "an AVIF picture"),
            ("a.jxl", [0xFF, 0x0A] + [UInt8](repeating: 7, count: 64), "a JPEG XL picture"),
        ]
        for (name, bytes, format) in cases {
            let path = scratch.write(bytes, name)
            let error = #expect(throws: LandmarkdError.self, "\(name)") {
                if MediaFile(path: path).isStill { _ = try readStill(path) } else { _ = try VideoReader(path) }
            }
            #expect(error?.cause == "\(path): \(format), which this FFmpeg does not read")
            #expect(error?.exitCode == .unusableData && error?.remedy?.hasPrefix("convert it: ") == true)
        }
    }
}
