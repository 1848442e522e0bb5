import Base
import Glibc
import TestSupport
import Testing

@testable import Capture

@Suite struct FilePathTests {
    let scratch = Scratch()

    /// Latin-1, bytes that UTF-8 never has, cut sequences, surrogates, characters that stand for escapes, and plain text.
    static let oddNames: [[UInt8]] = [
        [0x74, 0xE4, 0x2E], [0xFF, 0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], Array("\u{10FEE4}".utf8),
        Array("\u{10FFFF}\u{10FE80}x".utf8) + [0x80], Array("Müller – 日本 🙂".utf8), [], [0xF4],
        [0x61, 0xCC, 0x81, 0xE9],
    ]

    @Test(arguments: oddNames) func everyNameComesBackByteForByte(name: [UInt8]) {
        let path = String(pathBytes: name)
        #expect(path.pathBytes == name)
        let seen = path.withSystemPath { String(systemPath: $0).pathBytes }
        #expect(seen == name)
    }

    @Test func namesThatDifferStayApart() {
        #expect(Set(Self.oddNames.map { String(pathBytes: $0).pathBytes }).count == Self.oddNames.count)
    }

    @Test func messagesShowWhatIsNotText() {
        let name = String(pathBytes: [0x61, 0xE4, 0x0A, 0x09])
        #expect(name.shown == "a\\xE4\\x0A\\x09" && name.shownLines == "a\\xE4\n\t")
        #expect("a\u{9B}31m\u{202E}4pm\u{2028}\u{7F}".shown == "a\\u009B31m\\u202E4pm\\u2028\\x7F")
        #expect("\u{1B}[2Jä".shown == "\\x1B[2Jä")
        let error = LandmarkdError(.noInput, String(pathBytes: [0xE4]) + ": opening", remedy: "check")
        #expect(error.description == "\\xE4: opening\n  remedy: check")
    }

    @Test func partsOfAPath() {
        #expect("a/b.c.mp4".fileName == "b.c.mp4" && "a/b.c.mp4".fileStem == "b.c")
        #expect("a/.hidden".fileStem == ".hidden" && "a/".fileName == "a" && "/".fileName == "/")
        // A combining accent after the slash makes one character of both, to Swift.
        #expect("a/\u{301}b.mp4".fileName == "\u{301}b.mp4")
        let name = String(pathBytes: Array("a/".utf8) + [0xE4] + Array(".mp4".utf8))
        #expect(name.fileStem.pathBytes == [0xE4] && MediaFile.ending(of: name) == "mp4")
    }

    @Test func filesOfAnyNameAreWrittenListedAndRead() throws {
        let name = String(pathBytes: [0x74, 0xE4] + Array(".mp4".utf8))
        try writeClip(scratch.file(name), times: [0, 0.04])
        #expect(try names(inFolder: scratch.path).filter { !$0.hasPrefix(".") }.map(\.pathBytes) == [name.pathBytes])
        let files = try mediaFiles(in: [scratch.path])
        #expect(files.map(\.path.pathBytes) == [scratch.file(name).pathBytes])
        #expect(try readAll(files[0].path).pictures.count == 2)
        let picture = String(pathBytes: [0xFE] + Array(".png".utf8))
        try writePNG(gradient(width: 8, height: 8), to: scratch.file(picture))
        #expect(try readStill(scratch.file(picture)).width == 8)
        _ = scratch.file(name).withSystemPath { unlink($0) }
        _ = scratch.file(picture).withSystemPath { unlink($0) }
    }
}
