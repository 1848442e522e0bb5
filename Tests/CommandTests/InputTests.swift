import Base
import Capture
import Glibc
import TestSupport
import Testing

/// Recordings as people have them: pipes, raw frames, numbered pictures; and fewer rows.
@Suite(.ownThread) struct InputTests {
    let shop: Workshop

    init() throws {
        shop = try Workshop()
        try shop.writeClip("clip.mp4", frames: 30)
    }

    /// Runs a line of bash in the folder; the program is `$L`.
    private func bash(_ line: String) throws -> RunningProgram.Result {
        try run(
            "bash", ["-c", "set -o pipefail; f() { ffmpeg -v error -y \"$@\"; }; \(line)"],
            environment: ["LANDMARKD_MODELS": shop.folder.path, "L": builtProgram("landmarkd")],
            folder: shop.folder.path)
    }

    private func frames(_ table: String) throws -> [String] {
        try shop.lines(table).dropFirst().map { String($0.split(separator: ",")[0]) }
    }

    static let streams = [
        "-c copy -f matroska", "-c copy -f mpegts", "-c copy -f mp4 -movflags frag_keyframe+empty_moov",
        "-c copy -f flv",
        "-f yuv4mpegpipe", "-c:v mjpeg -f mjpeg", "-c:v mjpeg -f avi",
    ]

    @Test(arguments: streams) func standardInputIsReadToItsEnd(stream: String) throws {
        let result = try bash("f -i clip.mp4 \(stream) - | $L track - -o out.csv")
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.errors.contains("/dev/stdin: 30 frames") && !result.errors.contains("warning"), "\(result.errors)")
        #expect(Set(try frames("out.csv")).count == 30)
    }

    /// Cut within the last picture but one, more or less.
    @Test(arguments: streams) func aPipeThatEndsEarlyKeepsItsFrames(stream: String) throws {
        _ = try bash(
            "f -i clip.mp4 \(stream) whole; head -c $(($(stat -c %s whole) * 7 / 10 / 188 * 188 + 100)) whole > cut")
        let result = try bash("cat cut | $L track - -q -o out.csv")
        expectFailure(result, .unusableData, "/dev/stdin: it ends in the middle of a frame")
        #expect(folderNames(shop.folder.path).contains("out.csv.partial"))
        #expect(5..<30 ~= Set(try frames("out.csv.partial")).count)
    }

    @Test func standardInputWithoutAnythingIsSaid() throws {
        expectFailure(try bash(": | $L track - -o out.csv"), .unusableData, "/dev/stdin: it ended before a single byte")
        expectFailure(try bash("echo text | $L track - -o out.csv"), .unusableData, "/dev/stdin: opening")
        #expect(try bash("cat clip.mp4 | $L track - -q").status == 0)
        #expect(shop.folder.names.contains("stdin.csv"))
    }

    @Test func rawFramesAreReadFromPipesAndFiles() throws {
        let raw = "--raw 64x48 --pixel-format yuv420p --rate 25"
        let result = try bash(
            """
            f -i clip.mp4 -f yuv4mpegpipe clip.y4m; f -i clip.mp4 -f rawvideo clip.raw
            $L track clip.y4m -q && $L track clip.raw \(raw) -q -o file.csv && $L track - \(raw) -q -o pipe.csv < <(cat clip.raw)
            """)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try shop.read("clip.csv") == shop.read("file.csv") && shop.read("file.csv") == shop.read("pipe.csv"))
        let cut = try bash("head -c 50000 clip.raw | $L track - \(raw) -q -o cut.csv")
        expectFailure(cut, .unusableData, "/dev/stdin: it ends in the middle of a frame: 3920 of 4608 bytes")
        #expect(try frames("cut.csv.partial").count == 10)
    }

    @Test func rawFramesThatAreNotDescribedAreRefused() throws {
        for arguments in [
            ["--raw", "64x48", "--rate", "25"], ["--raw", "64x48", "--pixel-format", "gray"],
            ["--pixel-format", "gray"],
            ["--every", "0"], ["--rate", "0"],
        ] {
            #expect(
                try shop.landmarkd(["track", "clip.mp4"] + arguments).status == ExitCode.usage.rawValue, "\(arguments)")
        }
        for (size, format) in [("64", "gray"), ("0x48", "gray"), ("64x48", "gry")] {
            let result = try shop.landmarkd(
                "track", "clip.mp4", "--raw", size, "--pixel-format", format, "--rate", "25")
            expectFailure(result, .usage, format == "gry" ? "--pixel-format: 'gry'" : "--raw: ")
        }
    }

    @Test func numberedPicturesAreOneRecording() throws {
        let result = try bash(
            """
            mkdir frames; f -i clip.mp4 frames/%06d.png; rm frames/000007.png; echo no picture > frames/000009.png
            $L track frames/%06d.png --rate 25
            """)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("1 number is missing: 7; it has a row with success 0; frames/000009.png: "))
        let rows = try shop.lines("frames.csv").dropFirst().map { $0.split(separator: ",") }
        #expect(Set(rows.map { $0[0] }).count == 30 && rows.first?[2] == "0.000000" && rows.last?[2] == "1.160000")
        for number in ["7", "9"] { #expect(rows.filter { $0[0] == number }.map { $0[4] } == ["0"]) }
        let folder = try shop.landmarkd("track", "frames", "--sequence", "--rate", "25", "-q", "-o", "folder.csv")
        #expect(folder.status == 0 && folder.errors.contains("warning"), "\(folder.errors)")
        #expect(try shop.read("folder.csv") == shop.read("frames.csv"))
        let part = try shop.landmarkd(
            "track", "frames", "--sequence", "--rate", "25", "-q", "--start", "0.4", "--duration", "0.2", "--every",
            "3", "-o",
            "part.csv")
        #expect(part.status == 0, "\(part.errors)")
        #expect(Set(try frames("part.csv")) == ["13"])
    }

    @Test func sequencesWithoutTimesOrPicturesAreRefused() throws {
        mkdir(shop.path("frames"), 0o777)
        expectFailure(try shop.landmarkd("track", "frames/%06d.png"), .usage, "frames/%06d.png: pictures have no times")
        let empty = try shop.landmarkd("track", "frames/%06d.png", "--rate", "25")
        expectFailure(empty, .noInput, "frames/%06d.png: no picture has a name")
        for name in ["1.png", "2.png"] { try shop.write("frames/\(name)", [1]) }
        let broken = try shop.landmarkd("track", "frames", "--sequence", "--rate", "25", "-q")
        expectFailure(broken, .unusableData, "frames/1.png: not a picture")
    }

    @Test func fewerRowsAreThoseOfTheWholeTable() throws {
        for (name, arguments) in [("all", []), ("every", ["--every", "10"]), ("rate", ["--rate", "5"])] {
            #expect(try shop.landmarkd(["track", "clip.mp4", "-q", "-o", "\(name).csv"] + arguments).status == 0)
        }
        let all = try shop.lines("all.csv")
        for (name, kept) in [("every", ["1", "11", "21"]), ("rate", ["1", "6", "11", "16", "21", "26"])] {
            let rows = try shop.lines("\(name).csv")
            #expect(
                Array(rows)
                    == all.filter { $0.hasPrefix("frame") || kept.contains(String($0.split(separator: ",")[0])) })
        }
    }

    @Test func tablesAreCompressedByTheirNames() throws {
        let result = try bash(
            """
            $L track clip.mp4 -q && $L track clip.mp4 -q -o a.csv.gz && $L track clip.mp4 -q -o a.csv.zst \
            && $L track clip.mp4 -q --format jsonl.zst && gzip -dc a.csv.gz | cmp - clip.csv && zstd -qdc a.csv.zst | cmp - clip.csv \
            && zstd -qdc clip.jsonl.zst | wc -l
            """)
        #expect(result.status == 0 && result.output == "30\n", "\(result.errors)")
    }

    /// The overlay has the recording's grid, and players stretch it as they stretch the recording.
    @Test func anOverlayKeepsTheShapeOfPixels() throws {
        let result = try bash(
            """
            f -i clip.mp4 -vf setsar=16/11 wide.mkv && $L track wide.mkv -q --overlay seen.mp4 \
            && ffprobe -v error -show_entries stream=width,height,sample_aspect_ratio -of csv=p=0 seen.mp4
            """)
        #expect(result.output == "64,48,16:11\n", "\(result.errors)")
    }
}
