import Base
import FaceTracking
import Testing

@testable import Samples

/// Columns are found by the names in a table's first row.
@Suite struct TableHeaderTests {
    private let threePoints = LandmarkScheme(name: "points3", count: 3)

    private func read(_ text: String) throws -> Annotations {
        try readAnnotationTable(TextFile(name: "data/t.csv", bytes: Array(text.utf8)), scheme: threePoints)
    }

    private func cause(_ text: String) -> String? { fault { _ = try read(text) }?.cause }

    @Test func columnsMayBeInAnyOrder() throws {
        let found = try read("x_0,y_0,x_1,y_1,x_2,y_2,split,File,weather\r\n1,2,3,4,5,6,test,day/a.jpg,rain\r\n")
        let face = try #require(found.faces.first)
        #expect(face.points == [Point(1, 2), Point(3, 4), Point(5, 6)] && face.split == .test)
        #expect(face.file == "data/day/a.jpg" && face.set == "day" && face.group == "day_a" && face.size == nil)
    }

    @Test func rowsMayHaveFewerPointsThanTheHeader() throws {
        let header = "file,points,x0,y0,x1,y1,x2,y2,x3,y3\n"
        let found = try read(header + "a.jpg,3,1,2,3,4,5,6\nb.jpg,webmorph4,1,2,3,4,5,6,7,8\nc.jpg,3,1,2,3,4,5,6,,\n")
        #expect(found.faces.map(\.file) == ["data/a.jpg", "data/c.jpg"] && found.others == ["webmorph4": 1])
    }

    /// A point whose columns are gone would take all points behind it along.
    @Test func aGapOrATwinAmongTheCoordinatesIsNamed() {
        #expect(
            cause("file,x0,y0,x2,y2\na.jpg,1,2,3,4\n") == "data/t.csv:1: column “x2” without those of point 1")
        #expect(cause("file,x0,y0,x1\na.jpg,1,2,3\n") == "data/t.csv:1: column “x1” without those of point 1")
        #expect(cause("file,x0,x0,y0,x1,y1\na.jpg,1,2,3,4,5\n") == "data/t.csv:1: two columns “x0”")
    }

    /// A download that broke off, or a disk that was full: it is no row of another scheme.
    @Test func aRowThatIsCutOffIsNamed() throws {
        let rest = "correct this row or remove it"
        let named = "file,x0,y0,x1,y1,x2,y2\na.jpg,1,2,3,4,5,6\n"
        #expect(
            cause(named + "b.jpg,1,2,3,4\n") == "data/t.csv:3: 5 fields where the first row names 7: the row is cut off"
        )
        #expect(fault { _ = try read(named + "b.jpg,1,2,3,4\n") }?.remedy == rest)
        #expect(cause(named + "b.jpg,1,2,3,4,5,6,7,8\n") == "data/t.csv:3: 9 fields where the first row names 7")
        #expect(
            cause("file,points,x0,y0,x1,y1,x2,y2\na.jpg,3,1,2,3,4\n")
                == "data/t.csv:2: 4 coordinates where 6 belong (points3)")
        #expect(cause("a.jpg,s,train,g,9,9,3,1,2,3,4\n") == "data/t.csv:1: 4 coordinates where 6 belong (points3)")
        #expect(
            cause("file\na.jpg,1,2,3,4,5,6\nb.jpg,1,2,3,4\n")
                == "data/t.csv:3: 4 coordinates where the rows before have 6")
        // Cells that are there and empty are how spreadsheets write a row with fewer points.
        #expect(try read(named + "b.jpg,1,2,3,4,,\nc.jpg,1,2,3,4,5,6,,\n").others == ["points2": 1])
    }

    @Test func pointsThatAProgramSetAreNoJudges() throws {
        let found = try read(
            "file,set,how,x0,y0,x1,y1,x2,y2\na.jpg,s,teacher,1,2,3,4,5,6\nb.jpg,s,manual,1,2,3,4,5,6\n")
        #expect(found.faces.map(\.isMachineMade) == [true, false] && found.faces.map(\.set) == ["s", "s"])
    }

    @Test func spreadsheetsMarkAndQuoteWhatTheyWrite() throws {
        let found = try read("\u{FEFF}file,x0,y0,x1,y1,x2,y2\n\"a, \"\"b\"\".jpg\",1,2,3,4,5,6\n")
        #expect(found.faces.map(\.file) == ["data/a, \"b\".jpg"])
    }

    @Test func faultyHeadersAreNamed() {
        #expect(cause("name,x0,y0\na.jpg,1,2\n") == "data/t.csv:1: no column “file”")
        #expect(cause("file,x1,y1,x2,y2\na.jpg,1,2,3,4\n") == "data/t.csv:1: no columns “x0” and “y0”")
        #expect(cause("file;x0;y0\na.jpg;1;2\n") == "data/t.csv:1: columns are separated by semicolons")
        #expect(cause("file,x0,y0,split\na.jpg,1,2\n") == "data/t.csv:2: 3 fields where at least 4 belong")
        #expect(cause("file,points,x0,y0\na.jpg,3,1,2\n") == "data/t.csv:2: 2 coordinates where 6 belong (points3)")
    }

    @Test func aWordThatEndsWithItsPointsIsAScheme() {
        #expect(LandmarkScheme.named("webmorph189")?.count == 189)
        #expect(LandmarkScheme.named("lfpw29") != LandmarkScheme.named("29"))
        #expect(LandmarkScheme.named("points29") == LandmarkScheme.named("29"))
        for name in ["webmorph", "webmorph0", "a5b", "5a", "", "1e3", "x1001"] {
            #expect(LandmarkScheme.named(name) == nil)
        }
    }

    @Test(arguments: [LandmarkScheme.ibug68, .wflw98, .fgnet68])
    func mirrorMapsUndoThemselves(scheme: LandmarkScheme) throws {
        let mirror = try #require(scheme.mirror)
        #expect(mirror.count == scheme.count && mirror.map { mirror[$0] } == Array(0..<scheme.count))
        for region in scheme.regions.values { #expect(Set(region.map { mirror[$0] }) == Set(region)) }
        let pair = try #require(scheme.normalizer)
        #expect(mirror[pair.first] == pair.second)
    }
}
