import Glibc
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Results

/// Compressed tables, read back by the programs that everybody has.
@Suite struct CompressionTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func result(_ frame: Int) -> FrameResult {
        let points = (0..<68).map { Point(Double(frame) + sin(Double($0)), Double($0) * 1.5) }
        let face = TrackedFace(
            id: 1, confidence: 0.5, box: Box(around: points), points: points, pointConfidence: [])
        return FrameResult(frame: frame, time: Double(frame) / 30, faces: [face])
    }

    private func write(_ name: String, frames: Int, _ end: (TableWriter) throws -> Void) throws {
        let writer = try TableWriter(csv: folder.path(name), pointCount: 68)
        for frame in 1...frames { try writer.write(result(frame), of: nil) }
        try end(writer)
    }

    /// Text of a compressed file as far as it can be read, and whether it is whole.
    private func read(_ name: String) throws -> (text: String, isWhole: Bool) {
        let program = name.contains(".gz") ? "gzip" : "zstd"
        let result = try run("bash", ["-c", "\(program) -dc < \(folder.path(name))"])
        return (result.output, result.status == 0)
    }

    static let kinds = ["gz", "zst"]

    @Test(arguments: kinds) func holdsTheSameTextAsAPlainTable(kind: String) throws {
        for name in ["plain.csv", "a.csv.\(kind)"] { try write(name, frames: 300) { try $0.finish() } }
        let plain = String(decoding: try readFile(folder.path("plain.csv"), atMost: 1 << 24), as: UTF8.self)
        let packed = try readFile(folder.path("a.csv.\(kind)"), atMost: 1 << 24)
        #expect(try read("a.csv.\(kind)") == (plain, true))
        #expect(packed.count < plain.utf8.count / 2)
        #expect(folder.names == ["a.csv.\(kind)", "plain.csv"])
    }

    /// Blocks are cut by what is in them, not by the clock.
    @Test(arguments: kinds) func theSameRowsGiveTheSameBytes(kind: String) throws {
        try write("a.csv.\(kind)", frames: 150) { try $0.finish() }
        let writer = try TableWriter(csv: folder.path("b.csv.\(kind)"), pointCount: 68)
        for frame in 1...150 {
            if frame.isMultiple(of: 50) { usleep(250_000) }
            try writer.write(result(frame), of: nil)
        }
        try writer.finish()
        let files = try ["a", "b"].map { try readFile(folder.path("\($0).csv.\(kind)"), atMost: 1 << 24) }
        #expect(files[0] == files[1])
    }

    @Test(arguments: kinds) func whatACrashLeavesHasWholeRows(kind: String) throws {
        try write("a.csv.\(kind)", frames: 300) { _ in }
        let (text, isWhole) = try read("a.csv.\(kind).partial")
        // The program zstd writes whole blocks of its own only: its last row may be cut, where the file's is not.
        let rows = text.split(separator: "\n").dropLast(kind == "zst" && !text.hasSuffix("\n") ? 1 : 0)
        #expect(!isWhole && (kind == "zst" || text.hasSuffix("\n")))
        #expect(200..<300 ~= rows.count - 1 && rows.last?.hasPrefix("\(rows.count - 1),1,") == true)
    }

    @Test(arguments: kinds) func anInterruptedTableIsAWholeFile(kind: String) throws {
        try write("a.csv.\(kind)", frames: 10) { try $0.interrupt() }
        let (text, isWhole) = try read("a.csv.\(kind).partial")
        #expect(isWhole && text.split(separator: "\n").count == 11)
    }

    @Test(arguments: kinds) func linesOfJSONAreCompressedToo(kind: String) throws {
        let writer = try TableWriter(jsonl: folder.path("a.jsonl.\(kind)"), stream: "a")
        try writer.write(result(1), of: nil)
        try writer.finish()
        #expect(try read("a.jsonl.\(kind)").text.hasPrefix("{\"stream\":\"a\",\"frame\":1,"))
    }

    @Test(.enabled(if: lacksSmallDisk == nil, "needs root and the right to mount"), arguments: kinds)
    func aFullDiskKeepsWholeBlocks(kind: String) throws {
        try withSmallDisk { disk in
            let path = "\(disk)/a.csv.\(kind)"
            let writer = try TableWriter(csv: path, pointCount: 68)
            let fault = #expect(throws: LandmarkdError.self) {
                var random = SplitMix64(seed: 1)
                for frame in 1...3000 {
                    var result = result(frame)
                    for index in 0..<68 { result.faces[0].points[index].x = random.uniform(0, 1000) }
                    try writer.write(result, of: nil)
                }
            }
            #expect(fault?.exitCode == .inputOutput && fault?.cause.contains("No space left") == true)
            try? writer.interrupt()
            let copied = try readFile(path + ".partial", atMost: 1 << 20)
            try writeFile(folder.path("a.\(kind)"), copied)
            let text = try read("a.\(kind)").text
            #expect(text.isEmpty || text.hasSuffix("\n"))
        }
    }
}
