import Base
import Glibc
import Safetensors
import TestSupport
import Testing

@Suite struct BrokenInputTests {
    let shop: Workshop

    init() throws { shop = try Workshop() }

    @Test func missingFiles() throws {
        expectFailure(try shop.landmarkd("track", "none.mp4"), .noInput, "none.mp4: ")
        expectFailure(try shop.landmarkd("track", "none.png"), .noInput, "none.png: ")
        #expect(shop.folder.names == ["face68.safetensors"], "nothing is left behind")
    }

    @Test(arguments: ["clip.mp4", "picture.png", "notes.txt"]) func filesWithoutPictures(name: String) throws {
        var random = SplitMix64(seed: 1)
        let contents: [[UInt8]] = [
            [], Array("frame,face_id\n1,2\n".utf8), (0..<5000).map { _ in UInt8(truncatingIfNeeded: random.next()) },
        ]
        for content in contents {
            try shop.write(name, content)
            expectFailure(try shop.landmarkd("track", name), .unusableData, "\(name): ")
        }
        #expect(shop.folder.names == ["face68.safetensors", name].sorted(), "nothing is left behind")
    }

    @Test func soundWithoutPictures() throws {
        try shop.write("talk.wav", waveFile(samples: 4000))
        expectFailure(try shop.landmarkd("track", "talk.wav"), .unusableData, "talk.wav: ")
    }

    @Test func foldersWithoutPictures() throws {
        mkdir(shop.path("empty"), 0o777)
        expectFailure(try shop.landmarkd("track", "empty"), .unusableData, "empty: ")
        symlink("loop", shop.path("loop"))
        expectFailure(try shop.landmarkd("track", "loop"), .noInput, "loop: ")
    }

    @Test(.enabled(if: geteuid() != 0, "root may read everything")) func unreadableFilesAndFolders() throws {
        mkdir(shop.path("closed"), 0)
        expectFailure(try shop.landmarkd("track", "closed"), .noInput, "closed: ")
        try shop.write("closed.mp4", [1])
        chmod(shop.path("closed.mp4"), 0)
        expectFailure(try shop.landmarkd("track", "closed.mp4"), .noInput, "closed.mp4: ")
    }

    @Test func aClipThatIsCutOffKeepsItsRows() throws {
        try shop.writeClip("whole.mp4", frames: 40)
        let bytes = try shop.read("whole.mp4")
        try shop.write("cut.mp4", Array(bytes[..<(bytes.count * 2 / 3)]))
        expectFailure(try shop.landmarkd("track", "cut.mp4", "-q"), .unusableData, "cut.mp4: ")
        let rows = try shop.lines("cut.csv.partial").count - 1
        #expect(10..<40 ~= rows, "\(rows) rows")
    }

    /// The clock runs away by a hundred million years in the middle: the times go on, and so does the next file.
    @Test(.enabled(if: hasProgram("ffmpeg"), "ffmpeg is missing"), arguments: ["N*40", "N*40-4000000000000000000"])
    func aClockThatJumpsByAgesIsTakenOut(start: String) throws {
        let stamps = "if(gt(N\\,9)\\,N*40+4000000000000000000\\,\(start))"
        let made = try run(
            "ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", "testsrc=size=96x64:rate=25", "-frames:v", "20", "-c:v", "mpeg4",
                "-bsf:v", "setts=ts=\(stamps):time_base=1/1000", "-f", "nut", shop.path("bad.nut"),
            ])
        try #require(made.status == 0, "\(made.errors)")
        try shop.writeClip("good.mp4", frames: 5)
        let result = try shop.landmarkd("track", "bad.nut", "good.mp4", "--overlay", "bad.mp4")
        #expect(result.status == 64, "an overlay is for one recording")
        let tracked = try shop.landmarkd("track", "bad.nut", "good.mp4")
        #expect(tracked.status == 0 && tracked.errors.contains("bad.nut: 20 frames"), "\(tracked.errors)")
        #expect(tracked.errors.contains("its clock jumped once -> bad.csv"), "\(tracked.errors)")
        let times = try shop.lines("bad.csv").dropFirst().map { Double($0.split(separator: ",")[2]) ?? .nan }
        #expect(times.count == 20 && zip(times, times.dropFirst()).allSatisfy { $0 < $1 && $1 < $0 + 1 }, "\(times)")
        #expect(try shop.lines("good.csv").count == 6)
        let drawn = try shop.landmarkd("track", "bad.nut", "--overlay", "drawn.mp4", "-q")
        #expect(drawn.status == 0 && shop.folder.names.contains("drawn.mp4"), "\(drawn.errors)")
    }

    @Test func modelsThatCannotBeUsed() throws {
        try shop.writeClip("clip.mp4", frames: 2)
        expectFailure(try shop.landmarkd("track", "clip.mp4", "--model", "none"), .noInput, "none: ")
        try shop.write("text", Array("a model".utf8))
        expectFailure(try shop.landmarkd("track", "clip.mp4", "--model", "text"), .unusableData, "text: ")
        var model = try SafetensorsFile(path: shop.path("face68.safetensors"))
        let sound = model
        model.metadata["format"] = "landmarkd/9"
        try expectRefused(model, "format 'landmarkd/9'")
        model = sound
        model.metadata["width"] = "16"
        try expectRefused(model, "its configuration asks for")
        model = sound
        model.metadata["width"] = "1000000000"
        try expectRefused(model, "width")
        (model.metadata["width"], model.metadata["crop"], model.metadata["passes"]) = ("256", "512", "8")
        try expectRefused(model, "crop")
        var bytes = try sound.bytes(as: .float32, name: "nan")
        withUnsafeBytes(of: Float.nan) { bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: $0) }
        try shop.write("nan", bytes)
        let result = try shop.landmarkd("track", "clip.mp4", "--model", "nan")
        expectFailure(result, .unusableData, "nan: safetensors: tensor '")
        #expect(result.errors.contains("NaN"))
        try shop.write("cut", Array(bytes[..<(bytes.count / 2)]))
        expectFailure(try shop.landmarkd("track", "clip.mp4", "--model", "cut"), .unusableData, "cut: safetensors: ")
    }

    private func expectRefused(_ model: SafetensorsFile, _ word: String) throws {
        try model.write(to: shop.path("changed"), as: .float32)
        let result = try shop.landmarkd("track", "clip.mp4", "--model", "changed")
        expectFailure(result, .unusableData, "changed: ")
        #expect(result.errors.contains(word), "\(result.errors)")
    }

    /// One second of silence and more, 16 bits, 8000 Hz.
    private func waveFile(samples: Int) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
        var bytes = Array("RIFF".utf8) + little(36 + 2 * samples, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
        bytes += little(1, 2) + little(1, 2) + little(8000, 4) + little(16000, 4) + little(2, 2) + little(16, 2)
        return bytes + Array("data".utf8) + little(2 * samples, 4) + [UInt8](repeating: 0, count: 2 * samples)
    }
}
