import TestSupport
import Testing

@testable import Base
@testable import Recording

@Suite struct ManifestTests {
    private func entries(_ text: String, name: String = "m.csv") throws -> [Manifest.Entry] {
        try entries(Array(text.utf8), name: name)
    }

    private func entries(_ bytes: [UInt8], name: String = "m.csv") throws -> [Manifest.Entry] {
        let folder = try TemporaryFolder()
        try writeFile(folder.path(name), bytes)
        return try Manifest(path: folder.path(name)).entries
    }

    @Test func csvInAnyOrderOfColumns() throws {
        let entries = try entries("\u{FEFF}output,subject,input\r\nt/a.csv,7,\"a, first.mp4\"\r\n\r\n,8,b.mp4\r\n")
        #expect(
            entries == [
                .init(input: "a, first.mp4", output: "t/a.csv", line: 2), .init(input: "b.mp4", output: nil, line: 4),
            ])
        #expect(try self.entries("input\na.mp4").map(\.input) == ["a.mp4"])
    }

    @Test func jsonLines() throws {
        let text = "{\"input\":\"a\\nb.mp4\",\"subject\":7}\n{\"output\":\"x.csv\",\"input\":\"c.mp4\"}\n"
        #expect(
            try entries(text) == [
                .init(input: "a\nb.mp4", output: nil, line: 1), .init(input: "c.mp4", output: "x.csv", line: 2),
            ])
    }

    @Test func namesKeepEveryByte() throws {
        let entries = try entries(Array("input\n".utf8) + [0x61, 0xE4])
        #expect(entries.first?.input.pathBytes == [0x61, 0xE4])
    }

    @Test(arguments: [
        ("a.mp4\nb.mp4\n", "m.csv:1: no column “input”"),
        ("input,ouput\na,b\n", "m.csv:1: column “ouput”: is “output”"),
        ("input;output\n", "m.csv:1: no column “input”"), ("input,input\na,b\n", "m.csv:1: two columns “input”"),
        ("input,output\na.mp4\n", "m.csv:2: 1 fields where the first row names 2"),
        ("input,output\n\n,b.csv\n", "m.csv:3: no input"), ("input\n-\n", "m.csv:2: “-”"),
        ("input,output\na.mp4,tables/\n", "m.csv:2: “-” and folders"), ("", "m.csv: no recordings"),
        ("input\n", "m.csv: no recordings"), ("{\"input\":\"a\"}\n{\"input\":1}\n", "m.csv:2: not a JSON object"),
        ("{\"input\":\"a\"}\nb.mp4\n", "m.csv:2: not a JSON object"), ("{\"output\":\"a\"}\n", "m.csv:1: no input"),
    ]) func whatIsWrongIsToldWithItsLine(text: String, cause: String) throws {
        let fault = #expect(throws: LandmarkdError.self) { try entries(text) }
        #expect(fault?.exitCode == .unusableData && fault?.remedy != nil)
        #expect(fault?.cause.contains("/\(cause)") == true, "\(fault?.cause ?? "")")
    }
}

@Suite struct ShardTests {
    @Test func partsAreOfEqualLengthAndMakeTheWhole() throws {
        let list = Array(0..<10)
        let parts = try (1...4).map { try Shard("\($0)/4").part(of: list) }
        #expect(parts.map(\.count) == [3, 3, 2, 2])
        #expect(parts.flatMap(\.self).sorted() == list)
        #expect(try Shard("1/1").part(of: list) == list)
        #expect(try Shard("12/12").part(of: list) == [])
    }

    @Test(arguments: ["0/4", "5/4", "a/b", "1", "1/0", "1/2/3", "", "-1/4", "1/-4", "01/4", "1/99999999999999999999"])
    func otherPartsAreRefused(text: String) {
        let fault = #expect(throws: LandmarkdError.self) { try Shard(text) }
        #expect(fault?.exitCode == .usage && fault?.remedy != nil)
    }
}
