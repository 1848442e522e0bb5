import Capture
import TestSupport
import Testing

@testable import Base
@testable import Recording
@testable import Rendering

@Suite struct TablePlotTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func table(_ text: String) throws -> PlotTable {
        try writeFile(folder.path("t.csv"), Array(text.utf8))
        return try PlotTable(path: folder.path("t.csv"))
    }

    @Test func measuresAreReadByTheNamesOfColumns() throws {
        // As OpenFace writes them: blanks after commas.
        let table = try table(
            """
            frame, face_id, timestamp, confidence, success, pose_Rx, pose_Ry, pose_Rz, AU45_c
            1, 0, 0.0, 0.9, 1, 0.5235988, -0.5235988, 0, 0
            2, 0, 0.1, 0.8, 1, 0, 0, 1.5707963, 1
            """)
        #expect(table.frames == 2 && table.span == 0...0.1)
        let samples = try #require(table.faces[0])
        #expect(samples.map(\.confidence) == [0.9, 0.8] && samples.map(\.isBlinking) == [false, true])
        #expect(abs(samples[0].pose[0] - 30) < 1e-4 && abs(samples[0].pose[1] + 30) < 1e-4)
        #expect(abs(samples[1].pose[2] - 90) < 1e-4)
        #expect(samples[0].eyes[0].isNaN)
    }

    @Test(arguments: ["gzip", "zstd"]) func compressedTablesAreRead(program: String) throws {
        let plain = try table("frame,face_id,timestamp,confidence,success\n1,1,0.0,0.9,1\n2,1,0.5,0.8,1\n")
        #expect(
            try run("bash", ["-c", "\(program) -qc \(folder.path("t.csv")) > \(folder.path("t.csv.x"))"]).status == 0)
        let packed = try PlotTable(path: folder.path("t.csv.x"))
        #expect(packed.frames == 2 && packed.span == 0...0.5)
        #expect(packed.faces[1]?.map(\.confidence) == plain.faces[1]?.map(\.confidence))
    }

    @Test func gapsAreWhereAFaceWasNotFollowed() throws {
        let table = try table(
            """
            frame,face_id,timestamp,confidence,success
            1,1,0.0,0.9,1
            1,2,0.0,0.9,1
            2,2,0.1,0.9,1
            3,1,0.2,0.9,1
            3,2,0.2,0.9,1
            4,0,0.3,0,0
            5,2,0.4,,1
            """)
        #expect(table.frames == 5)
        #expect(table.faces[1]?.map(\.isFirst) == [true, true])
        #expect(table.faces[2]?.map(\.isFirst) == [true, false, false, true])
        #expect(table.faces[2]?.last?.confidence.isNaN == true && table.faces[0] == nil)
    }

    @Test func eyesAreMeasuredByTheirPointsWhereTheTableHasOnlyThose() throws {
        var (xs, ys) = ([Double](repeating: 0, count: 68), [Double](repeating: 0, count: 68))
        for (eye, opening) in [(36, 3.0), (42, 1.0)] {
            for (index, (x, y)) in [(0, 0.0), (3, -1.0), (7, -1), (10, 0), (7, 1), (3, 1)].enumerated() {
                (xs[eye + index], ys[eye + index]) = (Double(x + eye), y * opening / 2)
            }
        }
        let names = (0..<68).map { "x_\($0)" } + (0..<68).map { "y_\($0)" }
        let cells = (xs + ys).map { "\($0)" }
        let table = try table(
            "frame,face_id,timestamp,confidence,success,\(names.joined(separator: ","))\n"
                + "1,1,0,1,1,\(cells.joined(separator: ","))\n")
        let eyes = try #require(table.faces[1]?.first?.eyes)
        #expect(abs(eyes[0] - 0.1) < 1e-9 && abs(eyes[1] - 0.3) < 1e-9, "the left eye is on the right")
    }

    @Test(arguments: [
        ("", "t.csv: it is empty"), ("a,b\n", "t.csv:1: no column “frame”, “face_id”, “timestamp”, “success”"),
        ("frame,face_id,timestamp,confidence,success\n", "t.csv: no rows"),
        ("frame,face_id,timestamp,confidence,success\n1,1,0,1,1\n1,1\n", "t.csv:3: the row is cut off"),
        (
            "frame,face_id,timestamp,confidence,success\n1,1,-1e308,1,1\n",
            "t.csv:2: frame, face or time is not a number"
        ),
        ("frame,face_id,timestamp,confidence,success\n1,1,soon,1,1\n", "t.csv:2: frame, face or time is not a number"),
    ]) func whatIsNoTableIsTold(text: String, cause: String) throws {
        let fault = #expect(throws: LandmarkdError.self) { try table(text) }
        #expect(fault?.exitCode == .unusableData && fault?.remedy != nil)
        #expect(fault?.cause.hasSuffix("/\(cause)") == true, "\(fault?.cause ?? "")")
    }

    /// Blue where face 1 is, orange where face 2 is.
    @Test func eachFaceHasAColour() throws {
        let rows = (0..<100).map { index in
            let second = index < 50 ? "" : "\(index),2,\(Double(index) / 10),0.2,1\n"
            return "\(index),1,\(Double(index) / 10),0.8,1\n" + second
        }
        try writeFile(
            folder.path("t.csv"), Array(("frame,face_id,timestamp,confidence,success\n" + rows.joined()).utf8))
        let path = TablePlot.path(of: folder.path("t.csv"))
        #expect(path == folder.path("t.plot.png"))
        try TablePlot(table: folder.path("t.csv")).write(to: path)
        let picture = try readStill(path)
        #expect(picture.displayWidth == 1280 && picture.displayHeight == 262)
        #expect(TablePlot.path(of: "a/b.csv.zst") == "a/b.plot.png")
    }
}

@Suite struct AxisScaleTests {
    @Test func ticksAreRound() {
        #expect(AxisScale([0, 5.2]).ticks == [0, 1, 2, 3, 4, 5])
        #expect(AxisScale(seconds: 0...3600, count: 12).ticks == Array(stride(from: 0, through: 3600, by: 300)))
        let seconds = AxisScale(seconds: 0...600, count: 12)
        #expect(seconds.ticks.count == 11 && seconds.timeLabel(540) == "09:00")
        #expect(AxisScale(seconds: 0...7200, count: 12).timeLabel(4500) == "1:15:00")
        let fine = AxisScale(low: 0, high: 0.5, count: 4)
        #expect(fine.ticks.map { fine.label($0) } == ["0", "0.2", "0.4"])
    }

    @Test(arguments: [[Double.infinity, 1], [], [0, 0], [.nan], [-3, -1]]) func anyValuesGiveAnAxis(values: [Double]) {
        let scale = AxisScale(values)
        #expect(scale.high > scale.low && scale.ticks.count < 20 && !scale.ticks.isEmpty)
    }

    @Test func aLongLineIsDrawnAsItsShortTwin() {
        // A jump within one column of pixels stays visible.
        var points = (0..<100_000).map { Point(Double($0) / 1000, 0.5) }
        points[50_000].y = 1
        let line = TimeChart.Line(colour: 0, points: points)
        var chart = TimeChart(
            title: "", note: "", span: 0...100,
            panels: [.init(title: "", lines: [line], range: 0...1)])
        let long = chart.picture()
        let few = [Point(0, 0.5), Point(49.999, 0.5), Point(50, 1), Point(50.001, 0.5), Point(100, 0.5)]
        chart.panels[0].lines[0].points = few
        let short = chart.picture()
        let differing = zip(long.plane(0), short.plane(0)).count { abs(Int($0) - Int($1)) > 60 }
        #expect(differing < 20, "\(differing) pixels")
    }
}
