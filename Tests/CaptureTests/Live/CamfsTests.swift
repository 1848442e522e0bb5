import TestSupport
import Testing

@Suite(.enabled(if: Camfs.lacks == nil, "\(Camfs.lacks ?? "")"), .ownThread) struct CamfsTests {
    @Test func aPlayedCameraComesAndGoes() throws {
        var camera: Camfs? = try Camfs(modes: ["GREY:320x240@30"], card: "Test camera")
        let folder = try #require(camera?.folder)
        #expect(folderNames(folder) == ["ctl", "video0"])
        #expect(try camera?.state()["mode"] == "GREY:320x240@30")
        try camera?.tell("unplug")
        #expect(try camera?.state()["plugged"] == "0")
        #expect(folderNames(folder) == ["ctl"])
        try camera?.tell("replug")
        #expect(folderNames(folder) == ["ctl", "video0"])
        camera = nil
        #expect(folderNames(folder).isEmpty)
    }
}
