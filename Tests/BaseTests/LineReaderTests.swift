import TestSupport
import Testing

@testable import Base

@Suite struct LineReaderTests {
    private func lines(_ text: [UInt8], longest: Int = 1 << 20) throws -> [String] {
        let folder = try TemporaryFolder()
        try writeFile(folder.path("a"), text)
        let reader = try LineReader(folder.path("a"), longestLine: longest)
        var lines: [String] = []
        while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        #expect(reader.number == lines.count)
        return lines
    }

    @Test func endsOfLinesAndByteOrderMarksAreLeftOut() throws {
        #expect(try lines(Array("\u{FEFF}a\r\n\nb".utf8)) == ["a", "", "b"])
        #expect(try lines(Array("a\n".utf8)) == ["a"])
        #expect(try lines([]) == [])
    }

    @Test func longFilesAreReadPieceByPiece() throws {
        let expected = (0..<30_000).map { String(repeating: "x", count: $0 % 17) + "\($0)" }
        #expect(try lines(Array(expected.joined(separator: "\n").utf8)) == expected)
    }

    @Test func whatIsNoTextIsRefused() throws {
        let fault = #expect(throws: LandmarkdError.self) {
            try lines([UInt8](repeating: 0, count: 1 << 18), longest: 1 << 17)
        }
        #expect(fault?.exitCode == .unusableData && fault?.cause.contains("a:1: a line of more than") == true)
        let missing = #expect(throws: LandmarkdError.self) { try LineReader("/no/such/file") }
        #expect(missing?.exitCode == .noInput)
    }
}
