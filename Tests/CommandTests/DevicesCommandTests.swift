import Base
import Foundation
import TestSupport
import Testing

/// The cameras that the program finds, as its user sees them.
@Suite(.ownThread) struct DevicesCommandTests {
    private func devices(_ arguments: String...) throws -> RunningProgram.Result {
        try run(try builtProgram("landmarkd"), ["devices", "--folder"] + arguments)
    }

    @Test func aMachineWithoutCamerasIsToldPlainly() throws {
        let folder = try TemporaryFolder()
        expectFailure(try devices(folder.path), .unavailable, "\(folder.path): no camera here")
        let json = try devices(folder.path, "--json")
        #expect(json.status == ExitCode.unavailable.rawValue && json.output == "{\"cameras\":[]}\n")
    }

    @Test(.enabled(if: Camfs.lacks == nil, "\(Camfs.lacks ?? "")")) func aCameraIsListedWithWhatItOffers() throws {
        let camera = try Camfs(modes: ["YUYV:640x480@5", "MJPG:640x480@30,15", "MJPG:1280x720@30"], card: "Some Cam")
        let result = try devices(camera.folder)
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(
            result.output == """
                \(camera.video)  Some Cam
                  driver   camfs, platform:camfs-\(camera.folder.prefix(16))
                  YUYV     640x480@5
                  MJPG     640x480@30,15  1280x720@30
                  choice   MJPG 640x480, 30 frames/s (decoded)

                """)
        let json = try JSONSerialization.jsonObject(with: Data(try devices(camera.folder, "--json").output.utf8))
        let cameras = try #require((json as? [String: Any])?["cameras"] as? [[String: Any]])
        #expect(cameras.map { $0["path"] as? String } == [camera.video])
    }

    @Test func aCameraThatCannotBeReadIsListedWithTheReason() throws {
        let folder = try TemporaryFolder()
        try writeFile(folder.path("video3"), [1])
        let result = try devices(folder.path)
        #expect(result.status == 0)
        #expect(result.output.contains("error    \(folder.path("video3")): asking what it is: not a camera"))
    }
}
