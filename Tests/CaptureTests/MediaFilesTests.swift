import Base
import Glibc
import Testing

@testable import Capture

@Suite struct MediaFilesTests {
    let scratch = Scratch()

    @Test func aFolderGivesItsMediaSortedAndFilesStayInOrder() throws {
        for name in ["b.MP4", "a.jpg", "notes.txt", ".hidden.mp4", "c.mov"] { scratch.write([1], name) }
        mkdir(scratch.file("inner.mp4"), 0o755)
        let named = scratch.write([1], "notes.txt")
        let files = try mediaFiles(in: [named, scratch.path + "/"])
        #expect(files.map(\.path) == [named] + ["a.jpg", "b.MP4", "c.mov"].map { scratch.file($0) })
        #expect(files.map(\.isStill) == [false, true, false, false])
    }

    @Test func whatIsMissingOrHoldsNothingIsAnError() {
        scratch.write([1], "notes.txt")
        let cases: [(String, ExitCode)] = [(scratch.file("none"), .noInput), (scratch.path, .unusableData)]
        for (path, code) in cases {
            let error = #expect(throws: LandmarkdError.self) { try mediaFiles(in: [path]) }
            #expect(error?.exitCode == code && error?.cause.contains(path) == true && error?.remedy != nil)
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root may read every folder")) func anUnreadableFolderIsAnError() {
        mkdir(scratch.file("locked"), 0)
        let error = #expect(throws: LandmarkdError.self) { try mediaFiles(in: [scratch.file("locked")]) }
        #expect(error?.exitCode == .noInput)
    }
}
