import TestSupport
import Testing

@testable import landmarkd

@Suite struct ArgumentTests {
    let shop: Workshop

    init() throws { shop = try Workshop() }

    @Test(arguments: [("trak", "track"), ("serv", "serve"), ("evalaute", "evaluate"), ("hepl", "help")])
    func aMistypedCommandIsGuessed(typed: String, meant: String) throws {
        let result = try shop.landmarkd(typed, "clip.mp4", "--faces", "2")
        expectFailure(result, .usage, "'\(typed)' is not a command")
        #expect(result.errors.contains("did you mean 'landmarkd \(meant)'?"))
    }

    @Test func aRecordingWithoutACommandIsTracked() throws {
        try shop.write("a recording.mp4", [1])
        let result = try shop.landmarkd("a recording.mp4")
        expectFailure(result, .usage, "'a recording.mp4' is not a command")
        #expect(result.errors.contains("landmarkd track a recording.mp4"))
        expectFailure(try shop.landmarkd("something else"), .usage, "'something else' is not a command")
    }

    @Test func serveIsToldHowASourceIsGiven() throws {
        let result = try shop.landmarkd("serve", "/dev/video0")
        expectFailure(result, .usage, "serve: '/dev/video0' is not an option")
        #expect(result.errors.contains("landmarkd serve --source /dev/video0"))
    }

    @Test(arguments: [["devices", "--folder", "."], ["bench", "-q", "--model", "none"], ["serve", "--check"]])
    func kernelsThatDoNotExistAreSaidOnce(arguments: [String]) throws {
        try shop.write("s.yaml", [])
        let more = arguments[0] == "serve" ? ["--config", "s.yaml"] : []
        func warnings(_ kernels: String) throws -> [Substring] {
            let program = try shop.start(arguments + more, environment: ["LANDMARKD_KERNELS": kernels])
            return try program.finish().errors.split(separator: "\n").filter { $0.contains("KERNELS") }
        }
        let start = "warning: LANDMARKD_KERNELS: 'bo\\x0Agus' is none of plain, avx2, avx512; "
        let found = try warnings("bo\ngus")
        #expect(found.count == 1 && found[0].hasPrefix(start) && found[0].hasSuffix(" is used"), "\(found)")
        #expect(try warnings("plain") == [] && warnings("") == [])
    }

    @Test func controlCharactersInNamesAreEscaped() throws {
        let name = "a\n\u{1B}[2Jb.mp4"
        let seen = #"a\x0A\x1B[2Jb.mp4"#
        expectFailure(try shop.landmarkd("track", name), .noInput, "\(seen): opening: ")
        try shop.writeClip(name, frames: 2)
        let result = try shop.landmarkd("track", name, "-o", "t.csv")
        #expect(result.status == 0 && result.errors.hasPrefix("\(seen): 2 frames, a face in "), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1)
        expectFailure(try shop.landmarkd(name), .usage, "'\(seen)' is not a command")
        try shop.write("s.yaml", Array("streams: {a: {source: a.mp4, outputs: [{csv: \"n\\no/a.csv\"}]}}".utf8))
        let check = try shop.landmarkd("serve", "--check", "--config", "s.yaml")
        #expect(check.status == 0 && check.output.hasSuffix("a.mp4, 1 face -> csv:n\\x0Ao/a.csv\n"), "\(check.output)")
        #expect(check.errors.contains(#": there is no folder n\x0Ao, seen"#), "\(check.errors)")
    }

    @Test func negativeNumbersAreValues() throws {
        #expect(joiningNegativeNumbers(["track", "--faces", "-1", "a.mp4"]) == ["track", "--faces=-1", "a.mp4"])
        #expect(joiningNegativeNumbers(["--start", "-.5", "--quiet", "-q"]) == ["--start=-.5", "--quiet", "-q"])
        #expect(
            joiningNegativeNumbers(["--start=1", "-2", "--", "--x", "-3"]) == ["--start=1", "-2", "--", "--x", "-3"])
        let result = try shop.landmarkd("track", "clip.mp4", "--faces", "-1")
        #expect(result.status == 64 && result.errors.contains("--faces must be 1 to 16, not -1"), "\(result.errors)")
    }

    @Test func aModelToStartFromExcludesResuming() throws {
        let both = try shop.landmarkd("train", "--data", "d", "-o", "m", "--from", "face68.safetensors", "--resume")
        #expect(both.status == 64 && both.errors.contains("--from and --resume exclude each other"), "\(both.errors)")
        let locator = try shop.landmarkd(
            "train", "--data", "d", "-o", "m", "--from", "face68.safetensors", "--task", "locator")
        #expect(locator.status == 64 && locator.errors.contains("--from is for --task landmarks"))
        try shop.write("locator.safetensors", [1, 2, 3])
        expectFailure(
            try shop.landmarkd("train", "--data", ".", "-o", "m", "--from", "locator.safetensors"), .unusableData,
            "locator.safetensors: ")
        expectFailure(
            try shop.landmarkd("train", "--data", ".", "-o", "m", "--from", "none.safetensors"), .noInput,
            "none.safetensors: ")
    }
}
