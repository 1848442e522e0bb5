import Base
import FaceTracking
import Rendering
import TestSupport
import Testing

@testable import landmarkd

private let shippedModel = "\(packageFolder)/models/face68.safetensors"

@Suite struct DemoRunTests {
    @Test(.enabled(if: isReadable(shippedModel), "needs models/face68.safetensors"))
    func theDrawnFaceIsFollowedClosely() throws {
        let folder = try TemporaryFolder()
        let model = try CascadeModel(path: shippedModel)
        let locator = try LocatorModel(path: "\(packageFolder)/models/locator.safetensors")
        var script = DemoClip.script()
        script.frameCount = 40
        let run = DemoRun(
            script: script, face: try AverageFace(path: "\(packageFolder)/models/average-face.safetensors"),
            folder: folder.path + "/", console: Console(title: "demo", quiet: true))
        let report = try run.run(TrackerModels(model, locator).tracker())
        #expect(report.frames == 40 && report.error.missed == 0)
        #expect(try #require(report.error.mean) < 4, "% of the outer-eye distance")
        #expect(folder.names == ["demo.csv", "demo.mp4"])
        let rows = String(decoding: try readFile(folder.path("demo.csv"), atMost: 1 << 20), as: UTF8.self)
        #expect(rows.split(separator: "\n").count == 41)
    }

    @Test func theReportNamesUnits() {
        var report = DemoRun.Report()
        (report.frames, report.seconds, report.trackingMilliseconds) = (300, 2, 2.25)
        report.files = ["demo.csv", "demo.mp4"]
        let drawn = (0..<68).map { Point(Double($0), 0) }
        report.error.add(tracked: drawn, drawn: drawn)
        report.error.add(tracked: nil, drawn: drawn)
        #expect(
            report.text == """
                face found      1 of 2 frames that show one
                error           0.00 % of the outer-eye distance, mean over 68 points; nine of ten frames below 0.00 %
                tracking        2.25 ms of one processor core a frame
                all together    150 frames/s with decoding and drawing
                wrote           demo.csv, demo.mp4
                """)
    }
}
