import Base
import Glibc
import TestSupport
import Testing

@testable import Capture

@Suite struct PictureSequenceTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func make(_ names: String...) throws { for name in names { try writeFile(folder.path(name), [1]) } }

    private func names(_ sequence: PictureSequence) -> [String] { sequence.pictures.map { $0?.fileName ?? "-" } }

    @Test func numbersAreOrderedByTheirValue() throws {
        try make("shot 10.png", "shot 9.png", "shot 11.png", "notes.txt", ".hidden.png")
        let sequence = try PictureSequence(folder.path)
        #expect(names(sequence) == ["shot 9.png", "shot 10.png", "shot 11.png"] && sequence.note == nil)
    }

    @Test func missingNumbersKeepTheirPlacesAndAreTold() throws {
        try make("3.png", "4.png", "5.png", "7.png", "8.png", "11.png")
        for path in [folder.path, folder.path("%d.png")] {
            let sequence = try PictureSequence(path)
            #expect(names(sequence) == ["3.png", "4.png", "5.png", "-", "7.png", "8.png", "-", "-", "11.png"])
            #expect(sequence.note == "\(path): 3 numbers are missing: 6, 9-10; they have rows with success 0")
        }
    }

    @Test func numbersThatCountSomethingElseGiveTheOrderOnly() throws {
        try make("1699.jpg", "1739.jpg", "1779.jpg")
        let sequence = try PictureSequence(folder.path)
        #expect(names(sequence) == ["1699.jpg", "1739.jpg", "1779.jpg"])
        #expect(sequence.note?.contains("numbers are not consecutive (1699, 1739, …)") == true)
    }

    @Test func namesThatDifferInMoreThanANumberGiveTheOrderOnly() throws {
        try make("a1.png", "a2.png", "b1.png", "b2.jpg")
        let sequence = try PictureSequence(folder.path)
        #expect(names(sequence) == ["a1.png", "a2.png", "b1.png", "b2.jpg"])
        #expect(sequence.note?.contains("do not differ in one number alone") == true)
        try make("a01.png")
        #expect(names(try PictureSequence(folder.path)).prefix(2) == ["a1.png", "a01.png"])
    }

    @Test func aPatternTakesItsOwnNamesOnly() throws {
        try make("f_000001.png", "f_000002.png", "f_3.png", "f_000002.jpg", "g_000003.png", "f_1000000.png")
        let path = folder.path("f_%06d.png")
        #expect(names(try PictureSequence(path)).prefix(2) == ["f_000001.png", "f_000002.png"])
        #expect(NumberPattern("100%%_%d.png")?.number(in: "100%_7.png") == 7)
        #expect(NumberPattern("%03d.png")?.number(in: "1234.png") == 1234)
        #expect(NumberPattern("%03d.png")?.number(in: "0123.png") == nil)
        for wrong in ["%d-%d.png", "%s.png", "plain.png", "%5x.png"] {
            #expect(NumberPattern(wrong) == nil, "\(wrong)")
        }
    }

    @Test func nothingThereIsSaid() throws {
        for path in [folder.path, folder.path("%06d.png"), folder.path("none/%d.png")] {
            let error = #expect(throws: LandmarkdError.self) { try PictureSequence(path) }
            #expect(
                error?.exitCode == .noInput
                    && error?.cause.hasPrefix(path.hasSuffix("none/%d.png") ? folder.path : path) == true)
        }
        let error = #expect(throws: LandmarkdError.self) { try PictureSequence(folder.path("%x.png")) }
        #expect(error?.exitCode == .usage)
    }

    @Test func tablesAreNamedAfterTheFolder() throws {
        #expect(MediaFile(path: "day/frames/%06d.png", isSequence: true).tableStem == "frames")
        #expect(MediaFile(path: "shot_%04d.png", isSequence: true).tableStem == "shot")
        #expect(MediaFile(path: folder.path + "/", isSequence: true).tableStem == folder.path.fileName)
        #expect(MediaFile(path: "\(folder.path)/./%d.png", isSequence: true).tableStem == folder.path.fileName)
    }

    @Test func rawFramesOfNoKnownFormatAreRefused() throws {
        let rate = try #require(FrameRate("30000/1001"))
        #expect(try RawVideo(width: 640, height: 480, pixelFormat: "nv12", rate: rate).bytes == 640 * 480 * 3 / 2)
        let error = #expect(throws: LandmarkdError.self) {
            try RawVideo(width: 640, height: 480, pixelFormat: "yuv42p", rate: rate)
        }
        #expect(error?.exitCode == .usage && error?.remedy == "did you mean yuv420p?")
        for size in [(0, 480), (-1, 3), (1 << 40, 1 << 40)] {
            let error = #expect(throws: LandmarkdError.self) {
                try RawVideo(width: size.0, height: size.1, pixelFormat: "gray", rate: rate)
            }
            #expect(error?.exitCode == .usage)
        }
        for text in ["0", "-5", "nan", "1/0", "x", "", "1e300", "5/1/2"] { #expect(FrameRate(text) == nil, "\(text)") }
    }
}
