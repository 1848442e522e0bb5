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

    @Test func foldersInsideAreWalkedInto() throws {
        for path in ["sub02/deep", "sub01", ".git", "empty"] { try makeFolders(above: scratch.file("\(path)/x")) }
        for name in ["sub02/deep/c.mkv", "sub02/b.mp4", "sub01/b.mp4", ".git/d.mp4", "z.mp4", "z.plot.png"] {
            scratch.write([1], name)
        }
        symlink("..", scratch.file("sub01/up"))  // would never end
        symlink("../sub02/deep", scratch.file("sub01/link"))
        let files = try mediaFiles(in: [scratch.path])
        let names = ["z.mp4", "sub01/b.mp4", "sub01/link/c.mkv", "sub02/b.mp4", "sub02/deep/c.mkv"]
        #expect(files.map(\.path) == names.map { scratch.file($0) })
        #expect(files.map(\.subfolder) == ["", "sub01/", "sub01/link/", "sub02/", "sub02/deep/"])
    }

    @Test(.enabled(if: geteuid() != 0, "root may read every folder")) func anUnreadableFolderInsideIsTold() throws {
        scratch.write([1], "a.mp4")
        mkdir(scratch.file("locked"), 0)
        var faults: [LandmarkdError] = []
        let files = try mediaFiles(in: [scratch.path], failed: { faults.append($0) })
        #expect(files.count == 1 && faults.map(\.exitCode) == [.noInput])
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
