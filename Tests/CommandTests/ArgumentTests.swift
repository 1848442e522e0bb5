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
