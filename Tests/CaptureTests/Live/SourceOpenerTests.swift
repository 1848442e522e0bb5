import Testing

@testable import Capture

/// What a source's name stands for.
@Suite struct SourceOpenerTests {
    @Test(arguments: [
        "/dev/video0", "/dev/v4l/by-id/usb-046d_HD_Pro-video-index0", "/tmp/cam/video0", "HD Pro Webcam C920",
        "Integrated Camera: Integrated C", "USB 2.0 Camera",
    ]) func cameras(_ name: String) throws {
        let opener = try sourceOpener(name, camera: CameraRequest(format: "MJPG"))
        #expect(opener.kind == .camera && opener.name == name && opener.request?.format == "MJPG")
    }

    @Test(arguments: ["clip.mp4", "/srv/clips/day 1.mkv", "./clip", "a/b/c", "/tmp/video0.avi", "CLIP.MOV"])
    func files(_ name: String) throws {
        #expect(try sourceOpener(name, loop: true).kind == .file)
        #expect(try sourceOpener(name).name == name)
    }

    @Test(arguments: ["rtsp://cam/1", "http://127.0.0.1:80/a.mjpg", "HTTPS://host", "rtsps://cam:322/x?y=z"])
    func networkStreams(_ name: String) throws {
        #expect(try sourceOpener(name).kind == .network)
        #expect(try sourceOpener(name).name == name.split(separator: "?")[0])
    }

    @Test(arguments: [
        "", " ", "ftp://host/a.mp4", "file:///a.mp4", "rtsp://", "http:///path", "https://:80/", "rtsp://user@",
        "clips/",
        "a\0b", "concat://a",
    ]) func nonsense(_ name: String) throws {
        let error = try #require(fault { _ = try sourceOpener(name) })
        #expect(error.exitCode == .wrongSettings && error.remedy != nil)
    }

    @Test func whatASourceDoesNotHaveCannotBeAsked() throws {
        for name in ["/dev/video0", "http://host/a"] {
            #expect(fault { _ = try sourceOpener(name, loop: true) }?.exitCode == .wrongSettings)
        }
        for name in ["clip.mp4", "rtsp://host/a"] {
            let error = fault { _ = try sourceOpener(name, camera: CameraRequest(rate: 30)) }
            #expect(error?.exitCode == .wrongSettings)
        }
        #expect(throws: Never.self) { try sourceOpener("http://host/a", camera: CameraRequest(rate: 2)) }
    }
}
