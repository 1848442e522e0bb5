import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Results

/// Which columns tables have, and what stands in them.
@Suite struct ColumnTests {
    private let face = TrackedFace(
        id: 2, confidence: 0.9, box: Box(low: .zero, high: Point(3, 4)),
        points: [Point](repeating: Point(1, 2), count: 68), pointConfidence: [Double](repeating: 0.75, count: 68),
        measures: FaceMeasures(
            pose: HeadPose(translation: SIMD3(-12.34, 5, 700), rotation: SIMD3(0.1, -0.25, .pi / 2)),
            eyes: EyeMeasures(
                right: EyeOpening(ratio: 0.3, relative: 1), left: EyeOpening(ratio: 0.25), isBlinking: true,
                blinks: [Blink(start: 0.1, peak: 0.2, end: 0.3, depth: 0.8)]),
            mouth: MouthMeasures(opening: 0.1, width: 0.6, rightBrow: 0.2, leftBrow: 0.21)))

    private func row(_ groups: [ColumnGroup]?, _ faces: [TrackedFace]) -> [String] {
        var text = TextBuffer()
        let rows = CSVRows(.ibug68, groups: groups)
        rows.append(FrameResult(frame: 7, time: 0.5, faces: faces), to: &text)
        return String(decoding: text.bytes, as: UTF8.self).dropLast().split(
            separator: ",", omittingEmptySubsequences: false
        ).map(String.init)
    }

    private func header(_ groups: [ColumnGroup]?, _ scheme: LandmarkScheme = .ibug68) -> [String] {
        CSVRows(scheme, groups: groups).header.dropLast().split(separator: ",").map(String.init)
    }

    @Test func standardColumnsStandInTheOrderOfOpenFace() {
        let names = header(nil)
        #expect(
            names.prefix(11) == [
                "frame", "face_id", "timestamp", "confidence", "success", "pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx",
                "pose_Ry", "pose_Rz",
            ])
        #expect(names.firstIndex(of: "x_0") == 20 && names.last == "y_67" && names.count == 20 + 136)
    }

    @Test(arguments: [nil, [.pose], [.eyes, .mouth], [.points, .pointConfidence], []] as [[ColumnGroup]?])
    func everyRowHasACellForEachColumn(groups: [ColumnGroup]?) {
        for faces in [[face], [], [bare]] { #expect(row(groups, faces).count == header(groups).count) }
    }

    /// A face that nobody measured.
    private var bare: TrackedFace {
        var bare = face
        (bare.measures, bare.pointConfidence) = (nil, [])
        return bare
    }

    @Test func cellsHoldWhatTheColumnsSay() {
        #expect(row([.pose], [face]).suffix(6) == ["-12.3", "5.0", "700.0", "0.1000", "-0.2500", "1.5708"])
        #expect(row([.eyes], [face]).suffix(5) == ["0.300", "0.250", "1.000", "", "1"])
        #expect(row([.mouth], [face]).suffix(4) == ["0.100", "0.600", "0.200", "0.210"])
        #expect(row([.pointConfidence], [face]).last == "0.750")
        #expect(row([.pose, .eyes, .mouth], [bare]).suffix(15).allSatisfy { $0.isEmpty }, "not measured: empty")
        #expect(row([.pose, .eyes, .mouth], []).suffix(15).allSatisfy { Double($0) == 0 }, "nobody: zeros")
    }

    @Test func groupsAreReadByNameInAnyOrder() throws {
        #expect(try ColumnGroup.list("points, pose") == [.pose, .points])
        let fault = #expect(throws: LandmarkdError.self) { try ColumnGroup.list("pose,eye") }
        #expect(fault?.exitCode == .usage && fault?.remedy?.contains("'eyes'") == true)
        #expect(throws: LandmarkdError.self) { try ColumnGroup.list("") }
    }

    /// Landmarks of one's own tell no pose: the columns are left out, unless they are asked for.
    @Test func ownPointsHaveOnlyWhatTheyTell() {
        let scheme = LandmarkScheme(name: "points2", count: 2)
        #expect(header(nil, scheme).suffix(5) == ["success", "x_0", "x_1", "y_0", "y_1"])
        #expect(header([.pose], scheme).last == "pose_Rz")
        var text = TextBuffer()
        CSVRows(scheme, groups: [.pose, .points]).append(FrameResult(frame: 1, time: 0, faces: []), to: &text)
        #expect(String(decoding: text.bytes, as: UTF8.self) == "1,0,0.000000,0.000,0,,,,,,,0.000,0.000,0.000,0.000\n")
    }

    @Test func jsonNamesAnglesAndUnits() {
        var text = TextBuffer()
        text.append([face], [.pose, .eyes, .mouth])
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                [{"id":2,"confidence":0.900,"box":[0.000,0.000,3.000,4.000],"pose":{"x":-12.3,"y":5.0,"z":700.0,\
                "pitch":5.73,"yaw":-14.32,"roll":90.00},"eyes":{"right":{"ratio":0.300,"open":1.000},\
                "left":{"ratio":0.250,"open":null},"blink":true,"blinks":[{"start":0.100000,"peak":0.200000,\
                "end":0.300000,"depth":0.800}]},"mouth":{"opening":0.100,"width":0.600,"brow_right":0.200,\
                "brow_left":0.210}}]
                """)
        text.removeAll()
        var unknown = face
        unknown.measures = FaceMeasures()
        text.append([unknown], [.pose])
        #expect(String(decoding: text.bytes, as: UTF8.self).hasSuffix(",\"pose\":null}]"))
    }

    @Test func blinksHaveATableWithTheNumbersOfTheirFrames() throws {
        let folder = try TemporaryFolder()
        #expect(BlinkTable.path(besides: "a/talk.csv") == "a/talk.blinks.csv")
        #expect(BlinkTable.path(besides: "talk.csv.gz") == "talk.blinks.csv")
        #expect(BlinkTable.path(besides: ".csv") == ".csv.blinks.csv")
        #expect(BlinkTable.path(besides: "-") == nil)
        let table = try BlinkTable(path: folder.path("b.csv"))
        for index in 0..<4 {
            var face = face
            if index < 3 { face.measures?.eyes?.blinks = [] }
            try table.write(FrameResult(frame: index + 11, time: Double(index) / 10, faces: [face]), of: nil)
        }
        try table.finish()
        let text = String(decoding: try readFile(folder.path("b.csv"), atMost: 1 << 12), as: UTF8.self)
        #expect(
            text == """
                face_id,start_frame,peak_frame,end_frame,start,peak,end,depth
                2,12,13,14,0.100000,0.200000,0.300000,0.800

                """)
    }

    @Test func timesFollowTheClockOfTheResults() {
        var faces = [face]
        faces.shiftTimes(by: 100)
        #expect(faces[0].measures?.eyes?.blinks.first == Blink(start: 100.1, peak: 100.2, end: 100.3, depth: 0.8))
    }
}
