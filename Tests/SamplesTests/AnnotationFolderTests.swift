import Base
import Glibc
import TestSupport
import Testing

@testable import Samples

@Suite struct AnnotationFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func put(_ name: String, _ text: String) throws {
        let parts = name.split(separator: "/")
        for depth in 1..<max(1, parts.count) { mkdir(folder.path(parts[..<depth].joined(separator: "/")), 0o777) }
        try writeFile(folder.path(name), Array(text.utf8))
    }

    private func pts(_ count: Int) -> String {
        "version: 1\nn_points: \(count)\n{\n" + (1...count).map { "\($0) \($0 + 1)\n" }.joined() + "}\n"
    }

    @Test func pointsFilesTellSetSplitAndPhotograph() throws {
        try put("afw/123_1.jpg", "")
        try put("afw/123_1.pts", pts(68))
        try put("afw/123_2.jpg", "")
        try put("afw/123_2.pts", pts(68))
        try put("helen/testset/9.png", "")
        try put("helen/testset/9.pts", pts(68))
        try put("helen/testset/old.jpg", "")
        try put("helen/testset/old.pts", pts(29))
        let found = try readAnnotations(folder: folder.path, scheme: .ibug68)
        #expect(found.faces.map(\.set) == ["afw", "afw", "helen"] && found.otherSchemes == 1)
        #expect(found.faces.map(\.split) == [.train, .train, .test])
        #expect(found.faces[0].group == found.faces[1].group, "two faces of one photograph")
        #expect(found.faces[0].points[0] == Point(0, 1) && found.faces[2].file == folder.path("helen/testset/9.png"))
    }

    @Test func namesThatAreNotUTF8AreFoundAndPipesPassedOver() throws {
        let name = String(pathBytes: Array("set/a".utf8) + [0xE4])
        mkdir(folder.path("set"), 0o777)
        try writeFile(folder.path(name + ".pts"), Array(pts(68).utf8))
        try writeFile(folder.path(name + ".jpg"), [1])
        mkfifo(folder.path("set/pipe.pts"), 0o600)
        let found = try readAnnotations(folder: folder.path, scheme: .ibug68)
        #expect(found.faces.map(\.file.pathBytes) == [folder.path(name + ".jpg").pathBytes])
    }

    @Test func aPictureThatLacksIsMissingInput() throws {
        try put("lfpw/a.pts", pts(68))
        let error = #expect(throws: LandmarkdError.self) { try readAnnotations(folder: folder.path, scheme: .ibug68) }
        #expect(error?.exitCode == .noInput && error?.cause.contains("a.pts") ?? false)
    }

    @Test func helenFilesFindTheirPicturesByName() throws {
        let points = (0..<194).map { "\($0).5 , 3\n" }.joined()
        try put("annotation/1.txt", "100_1\n" + points)
        try put("annotation/2.txt", "200_2\n" + points)
        try put("testnames.txt", "200_2\n")
        try put("images/100_1.jpg", "")
        try put("images/200_2.jpg", "")
        let found = try readAnnotations(folder: folder.path, scheme: .helen194)
        #expect(found.faces.map(\.file) == [folder.path("images/100_1.jpg"), folder.path("images/200_2.jpg")])
        #expect(found.faces.map(\.split) == [.train, .test] && found.faces[0].points[2] == Point(2.5, 3))
        #expect(try readAnnotations(folder: folder.path, scheme: .ibug68).otherSchemes == 2)
    }

    @Test func aFolderWithoutAnnotationsIsUnusable() throws {
        let error = #expect(throws: LandmarkdError.self) { try readAnnotations(folder: folder.path, scheme: .ibug68) }
        #expect(error?.exitCode == .unusableData)
        let missing = #expect(throws: LandmarkdError.self) {
            try readAnnotations(folder: folder.path("nowhere"), scheme: .ibug68)
        }
        #expect(missing?.exitCode == .noInput)
    }
}
