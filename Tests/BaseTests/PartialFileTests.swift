import Glibc
import TestSupport
import Testing

@testable import Base

@Suite struct PartialFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func onlyOneMayWriteAFileAtATime() throws {
        let output = try OutputFile(folder.path("a.csv"))
        let first = try output.open()
        #expect(write(first, "row", 3) == 3)
        let fault = #expect(throws: LandmarkdError.self) { try output.open() }
        #expect(fault?.exitCode == .tryLater && fault?.remedy != nil)
        #expect(try readFile(folder.path("a.csv.partial"), atMost: 9) == Array("row".utf8), "the first one's rows stay")
        close(first)
        let second = try output.open()
        #expect(try readFile(folder.path("a.csv.partial"), atMost: 9) == [], "it starts from nothing")
        close(second)
    }

    @Test func foldersAboveAFileAreMade() throws {
        try makeFolders(above: folder.path("a//b/c/file"))
        #expect(FileIdentity(path: folder.path("a/b/c"))?.isFolder == true && folder.names == ["a"])
        try makeFolders(above: folder.path("a/b/c/other"))
        try makeFolders(above: "file")
        try writeFile(folder.path("plain"), [1])
        let fault = #expect(throws: LandmarkdError.self) { try makeFolders(above: folder.path("plain/x/y")) }
        #expect(fault?.exitCode == .cannotCreate)
    }
}
