import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Capture
@testable import Service

/// Cameras get streams as they come: which, and under what names.
@Suite struct CameraRosterTests {
    /// Files in place of device nodes, links as udev makes them.
    let devices: TemporaryFolder
    let folder: CameraFolder

    init() throws {
        devices = try TemporaryFolder()
        folder = CameraFolder(devices.path)
        for kind in ["by-id", "by-path"] {
            try FileManager.default.createDirectory(
                atPath: devices.path("v4l/\(kind)"), withIntermediateDirectories: true)
        }
    }

    private func plug(_ node: String, id: String? = nil, port: String? = nil) throws {
        try writeFile(devices.path(node), [])
        for (kind, name) in [("by-id", id), ("by-path", port)] {
            guard let name else { continue }
            unlink(devices.path("v4l/\(kind)/\(name)"))
            #expect(symlink("../../\(node)", devices.path("v4l/\(kind)/\(name)")) == 0)
        }
    }

    private func names(_ roster: CameraRoster) -> [String] {
        roster.entries.map { "\($0.name)=\($0.node.path.fileName)" }
    }

    @Test func namesAreThoseOfTheDevice() throws {
        try plug(
            "video0", id: "usb-046d_HD_Pro_Webcam_C920_5A3B-video-index0",
            port: "pci-0000:00:14.0-usb-0:1:1.0-video-index0")
        try plug("video2", port: "pci-0000:00:14.0-usb-0:2:1.0-video-index2")
        try plug("video4")
        var roster = CameraRoster()
        #expect(roster.update(folder.presentNodes, taken: [], now: 0) { _ in true })
        #expect(names(roster) == ["046d_HD_Pro_Webcam_C920_5A3B=video0"], "the others may get a better name yet")
        #expect(roster.update(folder.presentNodes, taken: [], now: 1) { _ in true })
        #expect(
            names(roster) == [
                "046d_HD_Pro_Webcam_C920_5A3B=video0", "pci-0000-00-14.0-usb-0-2-1.0-2=video2", "video4=video4",
            ])
        #expect(!roster.update(folder.presentNodes, taken: [], now: 2) { _ in true }, "nothing has changed")
        let long = String(repeating: "x", count: 80) + "-SERIAL"
        #expect(
            StreamSettings.isName(StreamSettings.name(of: long)) && StreamSettings.name(of: long).hasSuffix("-SERIAL"))
    }

    @Test func aCameraThatComesBackUnderAnotherNumberKeepsItsName() throws {
        try plug("video0", id: "usb-A-video-index0")
        var roster = CameraRoster()
        _ = roster.update(folder.presentNodes, taken: [], now: 0) { _ in true }
        unlink(devices.path("video0"))
        #expect(!roster.update(folder.presentNodes, taken: [], now: 5) { _ in true }, "it may come back soon")
        try plug("video1", id: "usb-A-video-index0")
        #expect(roster.update(folder.presentNodes, taken: [], now: 6) { _ in true })
        #expect(names(roster) == ["A=video1"])
        unlink(devices.path("video1"))
        #expect(roster.update(folder.presentNodes, taken: [], now: 17) { _ in true })
        #expect(names(roster) == [])
    }

    /// Without serial numbers the newest has the link of both.
    @Test func camerasThatLookAlikeAreToldApartByTheirPorts() throws {
        try plug("video0", id: "usb-Cheap-video-index0", port: "usb-1-video-index0")
        var roster = CameraRoster()
        _ = roster.update(folder.presentNodes, taken: [], now: 0) { _ in true }
        try plug("video1", id: "usb-Cheap-video-index0", port: "usb-2-video-index0")
        _ = roster.update(folder.presentNodes, taken: [], now: 1) { _ in true }
        #expect(names(roster) == ["Cheap=video0", "2=video1"])
    }

    @Test func namesOfOtherStreamsAreNotTakenAndWhatIsNoCameraGetsNone() throws {
        try plug("video0", id: "usb-A-video-index0")
        try plug("video1", id: "usb-Meta-video-index1")
        var roster = CameraRoster()
        _ = roster.update(folder.presentNodes, taken: ["A"], now: 0) { $0.path.hasSuffix("video0") }
        #expect(names(roster) == ["video0=video0"])
        _ = roster.update(folder.presentNodes, taken: ["A", "video0"], now: 1) { $0.path.hasSuffix("video0") }
        _ = roster.update(folder.presentNodes, taken: ["A", "video0"], now: 2) { $0.path.hasSuffix("video0") }
        #expect(names(roster) == ["video0-2=video0"])
    }
}

/// From a node that appears to a stream that delivers, with real V4L2 calls.
@Suite(.enabled(if: Camfs.lacks == nil, "\(Camfs.lacks ?? "")"), .ownThread) struct CameraAdoptionTests {
    let lines = LogLines()

    @Test func streamsFollowTheCameras() throws {
        let devices = try TemporaryFolder()
        let cameras = try (0..<3).map { _ in try Camfs(modes: ["GREY:64x48@15"]) }
        func plug(_ number: Int) { #expect(symlink(cameras[number].video, devices.path("video\(number)")) == 0) }
        var dependencies = StreamDependencies.played([:])
        dependencies.opener = { (stream) throws(LandmarkdError) in try sourceOpener(of: stream) }
        let supervisor = StreamSupervisor(dependencies: dependencies, log: lines.log.logger())
        let adoption = CameraAdoption(supervisor, folder: CameraFolder(devices.path), log: lines.log.logger())
        func names() -> [String] { supervisor.directory.states.map(\.name) }

        plug(0)
        plug(1)
        try writeFile(devices.path("video7"), [1])  // no camera
        var settings = ServiceSettings()
        settings.adoptsCameras = true
        var door = StreamSettings()
        (door.name, door.source) = ("door", devices.path("video1"))
        settings.streams = [door]
        try adoption.apply(settings)
        adoption.scan(now: monotonicSeconds() + 1)
        #expect(names() == ["door", "video0"], "video1 has a stream already")
        let state = try #require(supervisor.directory.state("video0"))
        #expect(waits { state.status.tracked > 5 }, "\(state.status)")
        adoption.scan(now: monotonicSeconds() + 2)
        #expect(lines.containing("video7: asking what it is: not a camera").count == 1, "\(lines.all)")

        plug(2)
        for second in 3...4 { adoption.scan(now: monotonicSeconds() + Double(second)) }
        #expect(names() == ["door", "video0", "video2"])
        #expect(lines.containing("<5>cameras: started: video2").count == 1)
        unlink(devices.path("video0"))
        adoption.scan(now: monotonicSeconds() + 10)
        #expect(names().contains("video0"), "it may come back")
        adoption.scan(now: monotonicSeconds() + 30)
        #expect(names() == ["door", "video2"])

        settings.adoptsCameras = false
        #expect(try adoption.apply(settings).description == "stopped: video2")
        adoption.scan()
        #expect(names() == ["door"])
        supervisor.stopAll()
    }
}
