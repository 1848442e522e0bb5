import Base
import Foundation
import TestSupport
import Testing

/// What the doctor says of a machine, and the code that scripts get.
@Suite(.ownThread) struct DoctorCommandTests {
    let shop: Workshop
    let devices: TemporaryFolder

    init() throws { (shop, devices) = (try Workshop(), try TemporaryFolder()) }

    private func doctor(_ text: String, folder: String? = nil, _ more: String...) throws -> RunningProgram.Result {
        try shop.write("s.yaml", Array(text.utf8))
        return try shop.landmarkd(["doctor", "--config", "s.yaml", "--folder", folder ?? devices.path] + more)
    }

    private func findings(_ result: RunningProgram.Result, _ level: String) -> [Substring] {
        result.output.split(separator: "\n").filter { $0.hasPrefix("\(level) ") }
    }

    @Test func aSoundMachineHasNoFault() throws {
        let result = try doctor("http: {listen: 127.0.0.1:0}")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.output)\(result.errors)")
        let parts = Set(findings(result, "ok").map { $0.split(separator: " ")[1] })
        #expect(parts.isSuperset(of: ["settings", "models", "port"]), "\(result.output)")
        #expect(result.output.contains("\(devices.path): no camera here"))
        #expect(result.output.contains("faults: 0, warnings: "))
    }

    @Test func brokenSettingsAreNamedAndTheRestIsLookedAtStill() throws {
        let result = try doctor("http: {lisen: 1}")
        #expect(result.status == ExitCode.wrongSettings.rawValue)
        #expect(findings(result, "fault").first?.hasSuffix("s.yaml:1: http.lisen: unknown key") == true)
        #expect(result.output.contains("remedy: did you mean 'listen'?"))
        #expect(result.output.contains("ok       models"))
    }

    @Test func aMissingModelIsAFault() throws {
        let result = try doctor("model: none.safetensors\nhttp: {listen: off}")
        #expect(result.status == ExitCode.noInput.rawValue)
        #expect(findings(result, "fault").count == 1 && result.output.contains("none.safetensors: opening"))
    }

    @Test func aCameraThatIsMissingIsNamedByItsStream() throws {
        let missing = devices.path("video7")
        let result = try doctor("streams: {door: {source: \(missing)}}\nhttp: {listen: off}", "--json")
        #expect(result.status == ExitCode.unavailable.rawValue)
        let json = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(json["healthy"] as? Bool == false && json["exit_code"] as? Int == 69)
        let fault = try #require((json["findings"] as? [[String: String]])?.first { $0["level"] == "fault" })
        #expect(fault["part"] == "camera" && fault["text"] == "streams.door: \(missing): opening: no camera there")
        #expect(fault["remedy"]?.hasPrefix("plug it in") == true)
    }

    @Test func whoListensAtThePortIsNamed() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        (address.sin_family, address.sin_addr.s_addr) = (sa_family_t(AF_INET), in_addr_t(0x7F00_0001).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #expect(bind(listener, address, length) == 0 && listen(listener, 1) == 0)
                getsockname(listener, address, &length)
            }
        }
        let port = UInt16(bigEndian: address.sin_port)
        let result = try doctor("http: {listen: '127.0.0.1:\(port)'}")
        #expect(result.status == ExitCode.unavailable.rawValue)
        #expect(result.output.contains("http.listen: 127.0.0.1:\(port): "))
        #expect(result.output.contains("(process \(getpid())) listens there"), "\(result.output)")
    }

    @Test(.enabled(if: lacksSmallDisk == nil, "needs root and the right to mount"))
    func aDiskWithoutRoomIsAFault() throws {
        try withSmallDisk { disk in
            let result = try doctor(
                "streams: {a: {source: a.mp4, outputs: [{csv: '\(disk)/a.csv'}]}}\nhttp: {listen: off}")
            #expect(result.status == ExitCode.cannotCreate.rawValue)
            #expect(findings(result, "fault").first?.contains("disk       \(disk)/: ") == true, "\(result.output)")
        }
    }

    @Test(.enabled(if: Camfs.lacks == nil, "\(Camfs.lacks ?? "")"))
    func aBusyCameraIsAFaultOnlyWhereAStreamWantsIt() throws {
        let camera = try Camfs(modes: ["YUYV:640x480@5"], card: "Some Cam")
        let settings = "streams: {door: {source: \(camera.video)}}\nhttp: {listen: off}"
        let free = try doctor(settings, folder: camera.folder)
        #expect(free.status == 0, "\(free.output)")
        #expect(free.output.contains("ok       camera     \(camera.video) (Some Cam): YUYV 640x480, 5 frames/s\n"))
        try camera.tell("busy")
        let busy = try doctor(settings, folder: camera.folder)
        #expect(busy.status == ExitCode.tryLater.rawValue)
        #expect(busy.output.contains("\(camera.video) (Some Cam): busy: held by "), "\(busy.output)")
        let unwanted = try doctor("http: {listen: off}", folder: camera.folder)
        #expect(unwanted.status == 0 && unwanted.output.contains("busy: held by "))
    }
}
