import Base
import Capture
import FaceTracking
import Glibc
import Rendering
import TestSupport
import Testing

@Suite struct TrackCommandTests {
    let shop: Workshop

    init() throws { shop = try Workshop() }

    @Test func aRowForEachFrameAndTheSameForAnyThreads() throws {
        try shop.writeClip("clip.mp4", frames: 30)
        for threads in ["1", "2", "5"] {
            let result = try shop.landmarkd("track", "clip.mp4", "-o", "\(threads).csv", "--threads", threads)
            #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
            #expect(result.errors.contains("clip.mp4: 30 frames, a face in "))
            #expect(result.errors.hasSuffix(" -> \(threads).csv\n"))
        }
        let rows = try shop.lines("1.csv").dropFirst()
        #expect(Set(rows.map { $0.split(separator: ",")[0] }) == Set((1...30).map { "\($0)" }))
        #expect(try shop.read("1.csv") == shop.read("2.csv") && shop.read("1.csv") == shop.read("5.csv"))
    }

    @Test func columnsAreChosenByGroups() throws {
        try shop.writeClip("clip.mp4", frames: 5)
        let result = try shop.landmarkd(
            "track", "clip.mp4", "--columns", "eyes,pose", "--blinks", "--focal-length", "900", "-q")
        #expect(result.status == 0, "\(result.errors)")
        let lines = try shop.lines("clip.csv").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(lines.count == 6 && lines.allSatisfy { $0.count == 16 })
        #expect(lines[0][5] == "pose_Tx" && lines[0][15] == "blink")
        #expect(try shop.lines("clip.blinks.csv") == ["face_id,start_frame,peak_frame,end_frame,start,peak,end,depth"])
        let json = try shop.landmarkd("track", "clip.mp4", "--format", "jsonl", "--columns", "pose", "-o", "-")
        #expect(json.status == 0 && json.output.split(separator: "\n").count == 5 && !json.output.contains("points"))
    }

    @Test func wrongColumnsAreToldAndNothingIsWritten() throws {
        try shop.writeClip("clip.mp4", frames: 3)
        let wrong = try shop.landmarkd("track", "clip.mp4", "--columns", "pose,eye")
        expectFailure(wrong, .usage, "'eye' is no group of columns")
        #expect(try shop.landmarkd("track", "clip.mp4", "--blinks", "-o", "-").status == 64)
        #expect(try shop.landmarkd("track", "clip.mp4", "--focal-length", "0").status == 64)
        #expect(!folderNames(shop.path("")).contains("clip.csv"))
    }

    @Test func oneBadFileDoesNotEndTheNight() throws {
        mkdir(shop.path("day"), 0o777)
        for name in ["a.mp4", "c.mp4"] { try shop.writeClip("day/\(name)", frames: 3) }
        try shop.write("day/b.mp4", Array("text".utf8))
        let result = try shop.landmarkd("track", "day", "-o", "tables", "--quiet")
        expectFailure(result, .unusableData, "day/b.mp4: ")
        #expect(folderNames(shop.path("tables")) == [".landmarkd", "a.csv", "c.csv"])
    }

    @Test func standardOutputCarriesOnlyResults() throws {
        try shop.writeClip("clip.mp4", frames: 3)
        let result = try shop.landmarkd("track", "clip.mp4", "--format", "jsonl", "-o", "-")
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("{\"stream\":\"clip.mp4\",\"frame\":1,\"time\":0.000000,\"faces\":["))
        #expect(try shop.landmarkd("track", "clip.mp4", "-q").errors.isEmpty, "quiet says nothing")
    }

    @Test func aSpanKeepsTheNumbersOfTheWhole() throws {
        try shop.writeClip("clip.mp4", frames: 30)
        let result = try shop.landmarkd("track", "clip.mp4", "--start", "0.4", "--duration", "0.2", "-q")
        #expect(result.status == 0, "\(result.errors)")
        let frames = try shop.lines("clip.csv").dropFirst().map {
            $0.split(separator: ",").prefix(3).joined(separator: " ")
        }
        #expect(Set(frames.map { $0.split(separator: " ")[0] }) == ["11", "12", "13", "14", "15"])
        let late = try shop.landmarkd("track", "clip.mp4", "--start", "9", "-q")
        expectFailure(late, .unusableData, "clip.mp4: it ends at 1.2")
    }

    @Test func anOverlayHasTheFramesOfTheClip() throws {
        try shop.writeClip("clip.mp4", frames: 12)
        let result = try shop.landmarkd("track", "clip.mp4", "--overlay", "seen.mp4")
        #expect(result.errors.hasSuffix(" -> clip.csv, seen.mp4\n"), "\(result.errors)")
        _ = try shop.landmarkd("track", "seen.mp4", "-q")
        #expect(Set(try shop.lines("seen.csv").dropFirst().map { $0.split(separator: ",")[2] }).count == 12)
    }

    /// A model's own presence is no confidence: it says 1.000 of nearly everything.
    @Test func aModelWithoutCalibrationGivesNoConfidence() throws {
        guard let shipped = try? CascadeModel(path: "\(packageFolder)/models/face68.safetensors") else {
            Issue.record("no models/face68.safetensors")
            return
        }
        var checkpoint = shipped
        for key in [ConfidenceCalibration.key, PointCalibration.key] { checkpoint.notes[key] = nil }
        try checkpoint.file().write(to: shop.path("own.checkpoint.safetensors"), as: .float32)
        let face = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        var script = DemoClip.script()
        script.frameCount = 1
        try writePNG(ClipRenderer(script, face: face).render(0).picture, to: shop.path("face.png"))
        let arguments = ["--model", "own.checkpoint.safetensors", "--format"]
        let environment = ["LANDMARKD_MODELS": "\(packageFolder)/models"]
        func track(_ format: String) throws -> RunningProgram.Result {
            try run(
                builtProgram("landmarkd"), ["track", "face.png"] + arguments + [format, "-o", "-"],
                environment: environment, folder: shop.folder.path)
        }
        let table = try track("csv")
        #expect(table.errors.hasPrefix("warning: own.checkpoint.safetensors: its confidence was never calibrated"))
        let cells = table.output.split(separator: "\n").last?.split(separator: ",", omittingEmptySubsequences: false)
        #expect(cells?.prefix(5).map(String.init) == ["1", "1", "0.000000", "", "1"], "\(table.output)")
        #expect(
            try track("jsonl").output.contains("\"confidence\":null,")
                && track("jsonl").output.contains("\"point_confidence\":[]"))
    }

    @Test func inputsAreNeverReplaced() throws {
        try shop.writeClip("clip.mp4", frames: 2)
        let before = try shop.read("clip.mp4")
        expectFailure(try shop.landmarkd("track", "clip.mp4", "-o", "clip.mp4"), .usage, "clip.mp4: would replace")
        expectFailure(
            try shop.landmarkd("track", "clip.mp4", "--overlay", "./clip.mp4"), .usage, "./clip.mp4: would replace")
        #expect(try shop.read("clip.mp4") == before)
    }

    @Test func outputsThatCannotBeMade() throws {
        try shop.writeClip("clip.mp4", frames: 2)
        expectFailure(
            try shop.landmarkd("track", "clip.mp4", "-q", "-o", "no/such/a.csv"), .cannotCreate, "no/such/a.csv: ")
        expectFailure(
            try shop.landmarkd("track", "clip.mp4", "-q", "--overlay", "no/a.mp4"), .cannotCreate, "no/a.mp4")
    }

    @Test func aFullDiskKeepsWholeRows() throws {
        try shop.writeClip("clip.mp4", frames: 30)
        // A limit of 16 blocks of 1024 bytes on each file that the program writes.
        let script = "ulimit -f 16; exec \"$0\" track clip.mp4 -q --model face68.safetensors"
        let result = try run("bash", ["-c", script, builtProgram("landmarkd")], folder: shop.folder.path)
        expectFailure(result, .inputOutput, "clip.csv: writing: ")
        let text = String(decoding: try shop.read("clip.csv.partial"), as: UTF8.self)
        #expect(text.hasSuffix("\n") && text.utf8.count <= 16 << 10)
        let counts = Set(text.split(separator: "\n").map { $0.split(separator: ",").count })
        #expect(counts == [20 + 2 * 68], "every row that is kept is whole")
    }

    @Test func anInterruptionKeepsTheRows() throws {
        try shop.writeClip("whole.mp4", frames: 100)
        // A pipe that gets no more than the front of a clip stops the program in the middle.
        #expect(mkfifo(shop.path("clip"), 0o600) == 0)
        let pipe = open(shop.path("clip"), O_RDWR | O_CLOEXEC)
        defer { close(pipe) }
        let whole = try shop.read("whole.mp4")
        let front = whole.prefix(min(60_000, whole.count * 2 / 3))  // a pipe holds 65,536
        #expect(front.withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) } == front.count)
        let program = try shop.start("track", "clip", "-q")
        #expect(waits { (try? shop.lines("clip.csv.partial").count > 1) == true })
        program.send(SIGINT)
        let result = try program.finish()
        expectFailure(result, .interrupted, "clip: interrupted after ")
        #expect(result.errors.contains(" frames, kept in clip.csv.partial\n"))
    }

    @Test(arguments: [
        ["track"], ["track", "a.mp4", "--threads", "0"], ["track", "a.mp4", "--start", "-1"],
        ["track", "a.mp4", "--format", "xml"], ["augment"], ["augment", "--bake", "dir"], ["train"],
        ["train", "--data", "dir"], ["train", "--output", "a"], ["augment", "--sheet", "a.png", "--scheme", "many"],
    ]) func wrongUsage(arguments: [String]) throws {
        let result = try run(try builtProgram("landmarkd"), arguments)
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("Error: "))
    }
}
