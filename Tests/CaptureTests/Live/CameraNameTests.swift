import Foundation
import TestSupport
import Testing

@testable import Capture

/// How cameras are found by name, on played devices in a folder of their own.
@Suite(.enabled(if: Camfs.lacks == nil, "\(Camfs.lacks ?? "")"), .ownThread) struct CameraNameTests {
    let folder: TemporaryFolder
    let cameras: [Camfs]

    /// video0: "Logi Cam 7", video1: no camera, video2: "Logi Cam 70", video10: "Bird Eye".
    init() throws {
        folder = try TemporaryFolder()
        cameras = try ["Logi Cam 7", "Logi Cam 70", "Bird Eye"].map { try Camfs(modes: ["GREY:32x24@60"], card: $0) }
        try FileManager.default.createDirectory(
            atPath: folder.path("v4l/by-id"), withIntermediateDirectories: true)
        for (name, target) in [
            ("video0", cameras[0].video), ("video1", "/dev/null"), ("video2", cameras[1].video),
            ("video10", cameras[2].video), ("video", cameras[2].video), ("v4l/by-id/usb-bird", "../../video10"),
        ] {
            try FileManager.default.createSymbolicLink(atPath: folder.path(name), withDestinationPath: target)
        }
    }

    private var devices: CameraFolder { CameraFolder(folder.path) }

    private func node(_ name: String) throws -> String {
        String(try devices.node(of: name, calls: .kernel).dropFirst(folder.path.count + 1))
    }

    @Test func nodesAreThoseWithANumberInItsOrder() {
        #expect(devices.nodes == ["video0", "video1", "video2", "video10"].map(folder.path))
    }

    @Test func cardNamesAreFoundWholeElseByTheirBeginning() throws {
        #expect(try node("Logi Cam 7") == "video0")
        #expect(try node("Logi Cam 70") == "video2")
        #expect(try node("bird") == "video10")
        #expect(try node(folder.path("video2")) == "video2")
    }

    @Test func aNameThatFitsSeveralIsRefusedWithTheirPaths() throws {
        let error = try #require(fault { _ = try node("logi") })
        #expect(error.cause.contains(folder.path("video0")) && error.cause.contains(folder.path("video2")))
        #expect(error.remedy?.contains("by-id") == true)
    }

    @Test func aNameThatFitsNoneTellsWhatThereIs() throws {
        let error = try #require(fault { _ = try node("C920") })
        #expect(error.exitCode == .unavailable && error.cause.hasPrefix("camera 'C920': no camera of that name"))
        #expect(error.remedy == "cameras here: 'Logi Cam 7', 'Logi Cam 70', 'Bird Eye'")
    }

    @Test func namesAreResolvedAnewAtEachOpening() throws {
        let opener = CameraOpener("Bird Eye", request: .patient, folder: devices)
        _ = try opener.open(stop: StopSignal())
        let deadline = Date(timeIntervalSinceNow: 30)
        while try cameras[2].state()["buffers"] != "0 queued 0 done 0", Date() < deadline { usleep(2000) }
        try FileManager.default.moveItem(atPath: folder.path("video10"), toPath: folder.path("video7"))
        _ = try frames(1, of: try opener.open(stop: StopSignal()))
    }

    @Test func aStableNameOpensTheCameraItLeadsTo() throws {
        let opener = CameraOpener(folder.path("v4l/by-id/usb-bird"), folder: devices)
        #expect(try opener.open(stop: StopSignal()).format.width == 32)
        #expect(devices.stableNames(of: folder.path("video10"), kind: "by-id") == [folder.path("v4l/by-id/usb-bird")])
        #expect(devices.stableNames(of: folder.path("video0"), kind: "by-id").isEmpty)
    }

    @Test func theReportTellsWhatIsThereAndWhatIsWrong() throws {
        let report = CameraReport(devices)
        #expect(report.entries.map(\.path) == ["video0", "video1", "video2", "video10"].map(folder.path))
        #expect(report.entries[0].capabilities?.card == "Logi Cam 7" && report.entries[0].fault == nil)
        #expect(report.entries[1].fault?.cause.hasSuffix("not a camera") == true)
        let text = report.text
        for part in [
            "Bird Eye", "GREY     32x24@60", "choice   GREY 32x24, 60 frames/s", "also     \(folder.path)/v4l",
        ] {
            #expect(text.contains(part), "\(text)")
        }
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json.text.utf8)) as? [String: [[String: Any]]])
        #expect(json["cameras"]?.map { $0["card"] as? String } == ["Logi Cam 7", nil, "Logi Cam 70", "Bird Eye"])
        #expect(json["cameras"]?[1]["error"] is String)
        let choice = try #require(json["cameras"]?[3]["choice"] as? [String: Any])
        #expect(choice["format"] as? String == "GREY" && choice["rate"] as? Int == 60)
    }
}
