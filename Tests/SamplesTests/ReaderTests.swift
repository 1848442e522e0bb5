import Base
import FaceTracking
import Testing

@testable import Training

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A row of the table with 68 points, of which single fields can be replaced.
private func row(_ change: (inout [String]) -> Void = { _ in }) -> TextFile {
    var fields = ["faces/a.jpg", "lfpw", "train", "a", "100", "120", "68"]
    fields += (0..<136).map { "\($0 / 2 + 10).5" }
    change(&fields)
    return TextFile(
        name: "data/annotations.csv",
        bytes: bytes("file,set,split,group,width,height,points\r\n" + fields.joined(separator: ",") + "\r\n"))
}

/// Cause of the error that reading the row gives.
private func fault(_ change: (inout [String]) -> Void) -> String? {
    #expect(throws: LandmarkdError.self) { try readAnnotationTable(row(change), scheme: .ibug68) }?.cause
}

@Suite struct ReaderTests {
    @Test func rowsBecomeFaces() throws {
        let found = try readAnnotationTable(row(), scheme: .ibug68)
        let face = try #require(found.faces.first)
        #expect(face.file == "data/faces/a.jpg" && face.set == "lfpw" && face.split == .train && face.group == "a")
        #expect(face.points[1] == Point(11.5, 11.5) && face.points.count == 68)
        #expect(face.size == PixelSize(width: 100, height: 120) && face.source == "data/annotations.csv:2")
    }

    @Test func rowsOfOtherSchemesAreCounted() throws {
        let found = try readAnnotationTable(row { $0[6] = "fgnet68" }, scheme: .ibug68)
        #expect(found.faces.isEmpty && found.otherSchemes == 1)
    }

    @Test func droppedRowsAreLeftOut() throws {
        #expect(try readAnnotationTable(row { $0[2] = "drop" }, scheme: .ibug68).faces.isEmpty)
    }

    @Test func faultyRowsAreNamedByFileAndLine() {
        #expect(fault { $0.removeLast() } == "data/annotations.csv:2: 135 coordinates where 136 belong (ibug68)")
        #expect(fault { $0[20] = "nan" } == "data/annotations.csv:2: “nan” is not a number")
        #expect(fault { $0[20] = "" } == "data/annotations.csv:2: “” is not a number")
        #expect(fault { $0[2] = "maybe" } == "data/annotations.csv:2: split “maybe” is neither train, test nor drop")
        #expect(fault { $0[4] = "0" } == "data/annotations.csv:2: picture of “0” × “120” pixels")
        #expect(fault { $0 = ["a"] } == "data/annotations.csv:2: 1 fields where at least 9 belong")
        #expect(
            fault { $0[7] = "900" }
                == "data/annotations.csv:2: point 0 at (900.0, 10.5) is far outside the 100×120 picture")
    }

    @Test func pointsFilesCountFromOne() throws {
        let text = TextFile(name: "a.pts", bytes: bytes("version: 1\nn_points:  2\n{\n1 1\n 30.5\t40 \n}\n"))
        #expect(try readPointsFile(text) == [Point(0, 0), Point(29.5, 39)])
    }

    @Test(arguments: [
        ("n_points: 2\n{\n1 1\n", "a.pts:3: 1 points where 2 belong"), ("", "a.pts:1: 0 points where 1 belong"),
        ("n_points: 1\n{\n1\n}", "a.pts:3: 1 numbers where x and y belong"),
        ("n_points: 1\n{\n1 x\n}", "a.pts:3: “x” is not a number"), ("hello", "a.pts:1: neither a heading nor {"),
        ("n_points: 1e9\n{", "a.pts:1: n_points is not a number of 1 to 1000"),
    ])
    func faultyPointsFilesAreNamed(text: String, cause: String) {
        let error = #expect(throws: LandmarkdError.self) {
            try readPointsFile(TextFile(name: "a.pts", bytes: bytes(text)))
        }
        #expect(error?.cause == cause)
        #expect(error?.exitCode == .unusableData && error?.remedy != nil)
    }

    @Test func helenFilesNameTheirPicture() throws {
        let lines = (0..<194).map { "\($0).25 , 7" }
        let text = TextFile(name: "1.txt", bytes: bytes("1691766_1\r\n" + lines.joined(separator: "\r\n")))
        let (picture, points) = try readHelenFile(text)
        #expect(picture == "1691766_1" && points.count == 194 && points[3] == Point(3.25, 7))
        let cut = TextFile(name: "1.txt", bytes: bytes("1691766_1\n1 , 2\n"))
        let error = #expect(throws: LandmarkdError.self) { try readHelenFile(cut) }
        #expect(error?.cause == "1.txt:2: 1 points where 194 belong")
    }

    @Test func aMissingTableIsMissingInput() {
        let error = #expect(throws: LandmarkdError.self) {
            try readAnnotationTable("/nonexistent/annotations.csv", scheme: .ibug68)
        }
        #expect(error?.exitCode == .noInput)
    }

    @Test func groupsStayOnOneSideOfTheSplit() {
        let split = FaceSplit(validation: 0.25, seed: 3)
        let held = (0..<2000).filter { split.isHeldBack("person \($0)") }.count
        #expect(440...560 ~= held, "a quarter of 2000")
        #expect((0..<100).allSatisfy { split.isHeldBack("\($0)") == split.isHeldBack("\($0)") })
        #expect(
            (0..<100).contains { split.isHeldBack("\($0)") != FaceSplit(validation: 0.25, seed: 4).isHeldBack("\($0)") }
        )
    }
}
