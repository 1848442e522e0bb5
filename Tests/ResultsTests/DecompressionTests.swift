import TestSupport
import Testing

@testable import Base
@testable import Results

/// Compressed files are read as what they hold.
@Suite struct DecompressionTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let text = (0..<60_000).map { "row \($0),\($0 * 7919 % 10_007)\n" }.joined()

    /// Bytes as gzip or zstd themselves write them.
    private func packed(_ text: String, _ kind: String) throws -> [UInt8] {
        try writeFile(folder.path("plain"), Array(text.utf8))
        let program = kind == "gz" ? "gzip" : "zstd"
        #expect(
            try run("bash", ["-c", "\(program) -qc \(folder.path("plain")) > \(folder.path("packed"))"]).status == 0)
        return try readFile(folder.path("packed"), atMost: 1 << 24)
    }

    private func read(_ bytes: [UInt8]) throws -> String {
        try writeFile(folder.path("file"), bytes)
        let source = try DecompressedPieces(folder.path("file"))
        var all: [UInt8] = []
        while case let piece = try source.next(), !piece.isEmpty {
            #expect(piece.count <= 1 << 16)
            all += piece
        }
        #expect(try source.next().isEmpty, "the end stays the end")
        return String(decoding: all, as: UTF8.self)
    }

    @Test(arguments: CompressionTests.kinds) func whatOtherProgramsCompressIsRead(kind: String) throws {
        #expect(try read(packed(Self.text, kind)) == Self.text)
        #expect(try read(packed("", kind)) == "")
    }

    /// `cat a.gz b.gz`, pigz and zstd's frames.
    @Test(arguments: CompressionTests.kinds) func partsFollowEachOther(kind: String) throws {
        #expect(try read(packed(Self.text, kind) + packed("end\n", kind)) == Self.text + "end\n")
    }

    @Test func whatIsNotCompressedIsReadAsItIs() throws {
        for text in ["", "a", Self.text] { #expect(try read(Array(text.utf8)) == text) }
    }

    /// A few bytes that stand for many come in pieces.
    @Test(arguments: CompressionTests.kinds) func piecesAreOfBoundedSize(kind: String) throws {
        let text = String(repeating: "\0", count: 1 << 23)
        let bytes = try packed(text, kind)
        #expect(bytes.count < 1 << 16)
        #expect(try read(bytes) == text)
    }

    @Test(arguments: CompressionTests.kinds) func whatIsCutOffIsTold(kind: String) throws {
        let bytes = try packed(Self.text, kind)
        for count in [5, 20, bytes.count / 2, bytes.count - 1] {
            let fault = #expect(throws: LandmarkdError.self) { try read(Array(bytes.prefix(count))) }
            #expect(fault?.exitCode == .unusableData && fault?.cause.contains("/file: the compressed file is ") == true)
        }
    }

    @Test(arguments: CompressionTests.kinds) func whatIsDamagedIsTold(kind: String) throws {
        var bytes = try packed(Self.text, kind)
        bytes[bytes.count - 3] ^= 0xFF
        let fault = #expect(throws: LandmarkdError.self) { try read(bytes) }
        #expect(fault?.exitCode == .unusableData && fault?.cause.hasSuffix("is damaged") == true)
    }
}
