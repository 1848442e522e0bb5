import Base
import CFFmpeg
import Testing

@testable import Capture

@Suite struct VideoReaderTests {
    let scratch = Scratch()

    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let encoding: VideoEncoding
        let bits: Int
        let shift: (x: Int, y: Int)
        var testDescription: String { name }
    }

    static let kinds = [
        Kind(name: "h264.mp4", encoding: VideoEncoding(), bits: 8, shift: (1, 1)),
        Kind(name: "ten.mp4", encoding: .of("libx264", "mp4", AV_PIX_FMT_YUV420P10LE), bits: 10, shift: (1, 1)),
        Kind(name: "h264-444.mkv", encoding: .of("libx264", "matroska", AV_PIX_FMT_YUV444P), bits: 8, shift: (0, 0)),
        Kind(name: "hevc.mkv", encoding: .of("libx265", "matroska"), bits: 8, shift: (1, 1)),
        Kind(name: "mpeg4.avi", encoding: .of("mpeg4", "avi"), bits: 8, shift: (1, 1)),
        Kind(name: "mjpeg.avi", encoding: .mjpeg, bits: 8, shift: (1, 0)),
        Kind(name: "grey.mkv", encoding: .of("ffv1", "matroska", AV_PIX_FMT_GRAY8), bits: 8, shift: (0, 0)),
        Kind(name: "rgb.mkv", encoding: .full("ffv1", "matroska", AV_PIX_FMT_BGR0), bits: 8, shift: (0, 0)),
        Kind(name: "palette.gif", encoding: .full("gif", "gif", AV_PIX_FMT_GRAY8), bits: 8, shift: (0, 0)),
    ].filter { kind in kind.encoding.encoders.contains { avcodec_find_encoder_by_name($0) != nil } }

    @Test(arguments: kinds) func everyPictureComesInOrder(kind: Kind) throws {
        let path = scratch.file(kind.name)
        try writeClip(path, width: 98, height: 66, kind.encoding)
        let (pictures, error) = try readAll(path)
        #expect(error == nil && pictures.map(\.index) == Array(0..<20))
        for picture in pictures {
            let frame = try #require(picture.frame)
            #expect(abs(picture.time - Double(picture.index) / 25) < 1e-3 && frame.time == picture.time)
            #expect(abs(middleLuma(frame) - markedLuma(picture.index)) <= 4, "\(picture.index)")
            #expect(frame.bitDepth == kind.bits && frame.width == 98 && frame.height == 66)
            #expect(frame.chroma == nil || frame.chromaShift == kind.shift)
        }
        let first = try #require(pictures.first?.frame)
        #expect((first.chroma == nil) == (kind.name == "grey.mkv"))
        #expect(first.fullRange == ["mjpeg.avi", "rgb.mkv", "palette.gif"].contains(kind.name))
    }

    @Test func oddSizesAreKept() throws {
        try writeClip(scratch.file("odd.avi"), width: 37, height: 23, .mjpeg)
        let frame = try #require(try readAll(scratch.file("odd.avi")).pictures.last?.frame)
        #expect(frame.width == 37 && frame.height == 23)
        #expect(abs(middleLuma(frame) - markedLuma(19)) <= 4)
    }

    @Test func timesAreTheContainersWithVariableSteps() throws {
        let times = [3.0, 3.04, 3.2, 3.21, 4.0, 4.5, 4.52]
        try writeClip(scratch.file("vfr.mp4"), times: times)
        let read = try readAll(scratch.file("vfr.mp4")).pictures.map(\.time)
        #expect(read.count == times.count)
        for (got, wanted) in zip(read, times) { #expect(abs(got - (wanted - 3)) < 1.1e-5) }
    }

    @Test func startAndDurationKeepTheNumbers() throws {
        try writeClip(scratch.file("a.mp4"))
        let (pictures, error) = try readAll(scratch.file("a.mp4"), start: 0.2, duration: 0.4)
        #expect(error == nil && pictures.map(\.index) == Array(5..<15))
        #expect(abs(middleLuma(try #require(pictures[0].frame)) - markedLuma(5)) <= 4)
        #expect(try readAll(scratch.file("a.mp4"), start: 5).pictures.isEmpty)
    }

    @Test func decoderThreadsDoNotChangePictures() throws {
        try writeClip(scratch.file("a.mp4"))
        let (one, two) = (try readAll(scratch.file("a.mp4")), try readAll(scratch.file("a.mp4"), threads: 2))
        #expect(one.pictures.map(\.time) == two.pictures.map(\.time))
        #expect(one.pictures.map { middleLuma($0.frame!) } == two.pictures.map { middleLuma($0.frame!) })
    }

    @Test(arguments: 0..<4, [false, true]) func displayMatrixIsTold(turns: Int, mirrored: Bool) throws {
        var encoding = VideoEncoding()
        encoding.orientation = Orientation(quarterTurns: turns, mirrored: mirrored)
        try writeClip(scratch.file("turned.mp4"), times: [0, 0.04], encoding)
        let reader = try VideoReader(scratch.file("turned.mp4"))
        let frame = try #require(try reader.next()?.frame)
        #expect(frame.orientation == encoding.orientation && frame.width == 96)
        #expect(frame.displayWidth == (turns.isMultiple(of: 2) ? 96 : 64) && reader.info.width == frame.displayWidth)
    }

    @Test func aChangeOfSizeInTheMiddleIsFollowed() throws {
        var encoding = VideoEncoding()
        (encoding.container, encoding.reorderedPictures) = ("h264", 0)
        try writeClip(scratch.file("a.h264"), width: 96, height: 64, encoding)
        try writeClip(scratch.file("b.h264"), width: 64, height: 112, encoding)
        let path = scratch.write(bytes(of: scratch.file("a.h264")) + bytes(of: scratch.file("b.h264")), "both.h264")
        let frames = try readAll(path).pictures.compactMap(\.frame)
        #expect(frames.map(\.width) == [Int](repeating: 96, count: 20) + [Int](repeating: 64, count: 20))
        #expect(frames.last?.height == 112)
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.time < $1.time })
    }

    /// Packets whose bytes are spoilt: a row each, in place, and the others whole.
    @Test func brokenPicturesKeepTheirPlace() throws {
        try writeClip(scratch.file("a.avi"), .mjpeg)
        var file = bytes(of: scratch.file("a.avi"))
        let starts = file.indices.filter { file[$0...].starts(with: [0xFF, 0xD8, 0xFF]) }
        for index in [0, 7, 8, 19] {
            for at in starts[index]..<starts[index] + 300 { file[at] = 0x55 }
        }
        let (pictures, error) = try readAll(scratch.write(file, "broken.avi"))
        #expect(error == nil && pictures.count == 20)
        #expect(pictures.filter { $0.frame == nil }.map(\.index) == [0, 7, 8, 19])
        for (index, picture) in pictures.enumerated() { #expect(abs(picture.time - Double(index) / 25) < 1e-3) }
        #expect(abs(middleLuma(try #require(pictures[9].frame)) - markedLuma(9)) <= 4)
    }

    @Test(arguments: 0..<12) func spoiltBytesNeverCrash(seed: Int) throws {
        let kind = Self.kinds[seed % Self.kinds.count]
        try writeClip(scratch.file(kind.name), kind.encoding)
        var file = bytes(of: scratch.file(kind.name))
        var generator = SplitMix64(seed: UInt64(seed))
        for _ in 0..<40 { file[Int(generator.uniform(0, Double(file.count - 1)))] = UInt8(generator.next() >> 56) }
        guard let (pictures, _) = try? readAll(scratch.write(file, "spoilt")) else { return }
        #expect(zip(pictures, pictures.dropFirst()).allSatisfy { $0.time < $1.time && $0.index + 1 == $1.index })
    }

    @Test(arguments: ["a.mp4", "a.mkv", "a.avi", "a.gif"]) func aCutOffFileYieldsItsFrontThenTheError(name: String)
        throws
    {
        let encodings: [String: VideoEncoding] = [
            "a.mp4": VideoEncoding(), "a.mkv": .of("mpeg4", "matroska"), "a.avi": .mjpeg,
            "a.gif": .full("gif", "gif", AV_PIX_FMT_GRAY8),
        ]
        let times = (0..<60).map { Double($0) / 25 }
        try writeClip(scratch.file(name), width: 320, height: 240, times: times, encodings[name]!)
        let whole = bytes(of: scratch.file(name))
        let (pictures, error) = try readAll(scratch.write(Array(whole.prefix(whole.count * 3 / 4)), "cut-" + name))
        #expect(error?.exitCode == .unusableData && error?.remedy != nil)
        #expect(2..<60 ~= pictures.count, "\(pictures.count)")
        #expect(pictures.first?.frame.map(middleLuma).map { abs($0 - markedLuma(0)) <= 4 } == true)
    }

    @Test func picturesThatEndLongBeforeTheFileSaysAreNoted() throws {
        let times = (0..<100).map { Double($0) / 25 }
        try writeClip(scratch.file("a.mkv"), times: times, .of("mpeg4", "matroska"))
        var file = bytes(of: scratch.file("a.mkv"))
        for index in file.count * 2 / 5..<file.count { file[index] = 0 }
        let reader = try VideoReader(scratch.write(file, "holed.mkv"))
        var count = 0
        while try reader.next() != nil { count += 1 }
        #expect(10..<60 ~= count)
        #expect(reader.note?.contains("holed.mkv") == true)
    }

    @Test func badInputTellsCauseAndExitCode() throws {
        try writeClip(scratch.file("a.mp4"))
        var generator = SplitMix64(seed: 3)
        let noise = (0..<20_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let list = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n\(scratch.file("a.mp4"))\n#EXT-X-ENDLIST\n"
        let cases: [(String, ExitCode)] = [
            (scratch.file("missing.mp4"), .noInput),
            (scratch.path, .noInput),
            (scratch.file("a.mp4") + "/inside.mp4", .noInput),
            (scratch.write([], "empty.mp4"), .unusableData),
            (scratch.write(Array("Just a text.\nNothing more.\n".utf8), "text.mp4"), .unusableData),
            (scratch.write(Array("Just a text.\nNothing more.\n".utf8), "text.txt"), .unusableData),
            (scratch.write(noise, "noise.mp4"), .unusableData),
            (scratch.write(Array(list.utf8), "list.m3u8"), .unusableData),
            (scratch.write(Array("ffconcat version 1.0\nfile a.mp4\n".utf8), "list.ffconcat"), .unusableData),
            (scratch.write(soundFile(), "sound.wav"), .unusableData),
            (scratch.write(Array(bytes(of: scratch.file("a.mp4")).prefix(200)), "stub.mp4"), .unusableData),
        ]
        for (path, code) in cases {
            let error = #expect(throws: LandmarkdError.self, "\(path)") { try VideoReader(path) }
            #expect(error?.exitCode == code, "\(path): \(error.map(\.description) ?? "")")
            #expect(error?.cause.contains(path) == true && error?.remedy != nil)
        }
    }

    @Test func namesWithColonsAreFiles() throws {
        try writeClip(scratch.file("concat:a|b%03d.mp4"), times: [0, 0.04])
        #expect(try readAll(scratch.file("concat:a|b%03d.mp4")).pictures.count == 2)
    }

    /// A RIFF WAVE file: 0.1 s of silence.
    private func soundFile() -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let format = little(1, 2) + little(1, 2) + little(8000, 4) + little(8000, 4) + little(1, 2) + little(8, 2)
        let data = Array("WAVEfmt ".utf8) + little(16, 4) + format + Array("data".utf8) + little(800, 4)
        return Array("RIFF".utf8) + little(data.count + 800, 4) + data + [UInt8](repeating: 128, count: 800)
    }
}
