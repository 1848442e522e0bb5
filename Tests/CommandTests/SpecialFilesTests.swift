import Base
import Glibc
import TestSupport
import Testing

/// The program among pipes, devices, links and names that are not UTF-8.
@Suite(.ownThread) struct SpecialFilesTests {
    let shop: Workshop

    init() throws {
        shop = try Workshop()
        try shop.writeClip("clip.mp4", frames: 3)
    }

    /// Runs a line of bash in the folder; the program is `$L`.
    private func bash(_ line: String) throws -> RunningProgram.Result {
        try run(
            "bash", ["-c", line], environment: ["LANDMARKD_MODELS": shop.folder.path, "L": builtProgram("landmarkd")],
            folder: shop.folder.path)
    }

    @Test func aTableGoesIntoAPipe() throws {
        let result = try bash("mkfifo p; cat p > got & $L track clip.mp4 -q -o p; code=$?; wait; exit $code")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try shop.lines("got").count == 4)
        #expect(kind(shop.path("p")) == S_IFIFO && shop.folder.names == ["clip.mp4", "face68.safetensors", "got", "p"])
    }

    @Test func aTableGoesToStandardOutputAndToOtherPrograms() throws {
        let direct = try bash("$L track clip.mp4 -q -o /dev/stdout")
        #expect(direct.status == 0 && direct.output.split(separator: "\n").count == 4, "\(direct.errors)")
        let substituted = try bash(
            "$L track clip.mp4 -q -o >(wc -l > count); while [ ! -s count ]; do sleep 0.05; done")
        #expect(substituted.status == 0, "\(substituted.errors)")
        #expect(try shop.lines("count") == ["4"])
    }

    @Test(.enabled(if: lacksDevices == nil, "needs device nodes")) func devicesStayDevices() throws {
        for name in ["null", "full"] { #expect(makeDevice(name, at: shop.path(name))) }
        let before = kind(shop.path("full"))
        expectFailure(
            try shop.landmarkd("track", "clip.mp4", "-q", "-o", "full"), .inputOutput, "full: writing: No space left")
        expectFailure(
            try shop.landmarkd("track", "clip.mp4", "-q", "-o", "null", "--overlay", "full"), .inputOutput,
            "full: writing: No space left")
        let result = try shop.landmarkd("track", "clip.mp4", "-q", "-o", "null", "--overlay", "null")
        #expect(result.status == 0, "\(result.errors)")
        #expect(kind(shop.path("full")) == before && kind(shop.path("null")) == before)
        #expect(shop.folder.names == ["clip.mp4", "face68.safetensors", "full", "null"])
    }

    @Test func linksStayLinks() throws {
        mkdir(shop.path("t"), 0o777)
        symlink("t/x.csv", shop.path("l.csv"))
        symlink("t/v.mp4", shop.path("l.mp4"))
        let result = try shop.landmarkd("track", "clip.mp4", "-q", "-o", "l.csv", "--overlay", "l.mp4")
        #expect(result.status == 0, "\(result.errors)")
        #expect(kind(shop.path("l.csv")) == S_IFLNK && kind(shop.path("l.mp4")) == S_IFLNK)
        #expect(folderNames(shop.path("t")) == ["v.mp4", "x.csv"])
    }

    @Test func recordingsOfAnyNameAreTracked() throws {
        let result = try bash(
            #"""
            e=$(printf '\344'); mkdir day "f$e"; cp clip.mp4 day/one.mp4; cp clip.mp4 "day/two$e.mp4"; cp clip.mp4 "f$e/a.mp4"
            $L track day -o tables && $L track "day/two$e.mp4" -o "o$e.csv" --overlay "v$e.mp4" -q && $L track "f$e" -o other -q
            """#)
        #expect(result.status == 0 && result.errors.contains(#"day/two\xE4.mp4: 3 frames"#), "\(result.errors)")
        for name in [["tables/one.csv"], ["tables/two", ".csv"], ["o", ".csv"], ["v", ".mp4"], ["other/a.csv"]] {
            let path = String(pathBytes: Array(name.map { Array($0.utf8) }.joined(separator: [0xE4])))
            #expect(FileIdentity(path: shop.path("") + path) != nil, "\(path.shown)")
        }
        let missing = try bash(#"$L track "none$(printf '\344').mp4""#)
        expectFailure(missing, .noInput, #"none\xE4.mp4: opening: No such file"#)
    }

    @Test func aPipeIsTrackedToItsEnd() throws {
        let result = try bash("mkfifo p; cat clip.mp4 > p & $L track p -q && cat clip.mp4 | $L track /dev/stdin -q")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try shop.lines("p.csv").count == 4 && shop.lines("stdin.csv").count == 4)
    }

    @Test(arguments: [SIGTERM, SIGINT]) func aSignalEndsWaitingForAPipe(signal: Int32) throws {
        mkfifo(shop.path("p"), 0o600)
        for arguments in [["track", "p"], ["track", "clip.mp4", "-q", "-o", "p"]] {
            let program = try shop.start(arguments, environment: [:])
            #expect(waits { handlesSignals(program) })
            usleep(300_000)  // so that most often it waits for the pipe by now
            program.send(signal)
            let result = try program.finish()
            // Before it came to the pipe, or while it waited there.
            let isEarly = result.errors.hasPrefix("landmarkd: interrupted before 1 of 1 recordings")
            expectFailure(result, .interrupted, isEarly ? "interrupted before " : "p: interrupted while ")
        }
    }

    /// Whether the program has set its handlers by now.
    private func handlesSignals(_ program: RunningProgram) -> Bool {
        let status = String(decoding: (try? readFile("/proc/\(program.identifier)/status")) ?? [], as: UTF8.self)
        let caught = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last
        guard let caught, let mask = UInt64(caught, radix: 16) else { return false }
        return mask & (1 << (SIGTERM - 1)) != 0
    }

    private func readFile(_ path: String) throws -> [UInt8] {
        let file = fopen(path, "rb")
        defer { if let file { fclose(file) } }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = file.map { fread(&bytes, 1, bytes.count, $0) } ?? 0
        return Array(bytes[..<count])
    }

    @Test func overlaysAreWhatTheirNamesSayOrRefused() throws {
        let before = shop.folder.names
        expectFailure(
            try shop.landmarkd("track", "clip.mp4", "--overlay", "x.avi"), .usage, "x.avi: videos are written as MP4")
        expectFailure(
            try shop.landmarkd("track", "clip.mp4", "--overlay", "b.xyz"), .usage, "b.xyz: videos are written as MP4")
        expectFailure(
            try shop.landmarkd("track", "clip.mp4", "-o", "x", "--overlay", "./x"), .usage,
            "./x: would replace the table")
        expectFailure(
            try shop.landmarkd("track", "clip.mp4", "-q", "--overlay", "no/x.mp4"), .cannotCreate, "no/x.mp4: creating")
        #expect(shop.folder.names == before, "nothing is left behind")
        let result = try shop.landmarkd("track", "clip.mp4", "-q", "--overlay", "x.mkv")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try shop.read("x.mkv").starts(with: [0x1A, 0x45, 0xDF, 0xA3]))
    }

    /// Told before anything is read: neither data nor recipes nor the clip need be there.
    @Test(arguments: [
        (["augment", "--data", "none", "--sheet", "s.jpg"], "s.jpg: pictures are written as PNG", "s.png"),
        (["train", "--data", "none", "-o", "m.pt"], "m.pt: models are written as safetensors", "m.safetensors"),
        (
            ["study", "--data", "none", "-o", "out", "--picture", "p.svg"], "p.svg: pictures are written as PNG",
            "p.png"
        ),
        (
            ["study", "--data", "none", "-o", "out", "--picture", "p.png", "--document", "d.html"],
            "d.html: the table is written as Markdown", "d.md or .markdown"
        ),
        (["track", "clip.mp4", "-o", "t.jsonl"], "t.jsonl: the table is written as CSV", "--format jsonl"),
        (
            ["track", "clip.mp4", "-o", "t.csv", "--format", "jsonl"], "t.csv: the table is written as JSON lines",
            "t.jsonl"
        ),
        (["track", "clip.mp4", "-o", "t.mov"], "t.mov: the table is written as CSV", "--overlay"),
    ]) func outputsUnderANameOfAnotherFormatAreRefused(arguments: [String], start: String, advice: String) throws {
        let before = shop.folder.names
        let result = try shop.landmarkd(arguments)
        expectFailure(result, .usage, start)
        #expect(result.errors.contains(advice), "\(result.errors)")
        #expect(shop.folder.names == before, "nothing is left behind")
    }

    @Test func aStudyFindsItsDocumentBeforeItTrains() throws {
        try shop.write("d.md", Array("no marks".utf8))
        let arguments = ["study", "--data", "none", "-o", "out", "--picture", "p.png", "--document"]
        expectFailure(try shop.landmarkd(arguments + ["d.md"]), .unusableData, "d.md: no marks for the table")
        expectFailure(try shop.landmarkd(arguments + ["e.md"]), .noInput, "e.md: opening")
    }

    @Test(arguments: [["--start", "-5"], ["--threads", "-1"], ["--faces", "-2"], ["--duration", "-1"]])
    func negativeNumbersAreToldAsSuch(option: [String]) throws {
        let result = try shop.landmarkd(["track", "clip.mp4"] + option)
        #expect(result.status == 64 && result.errors.hasPrefix("Error: \(option[0]) must be "), "\(result.errors)")
    }
}
