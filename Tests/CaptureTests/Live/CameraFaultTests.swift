import Base
import Foundation
import TestSupport
import Testing

@testable import Capture

/// What goes wrong with cameras: each fault is met on a real device node.
@Suite(.enabled(if: Camfs.lacks == nil, "\(Camfs.lacks ?? "")"), .ownThread) struct CameraFaultTests {
    private func greyCamera(_ rate: Int = 60) throws -> Camfs { try Camfs(modes: ["GREY:32x24@\(rate)"]) }

    @Test(arguments: ["trunc", "zero", "error", "bad"]) func brokenFramesAreCountedAndSkipped(_ kind: String) throws {
        let isJPEG = kind == "bad"
        let camera =
            isJPEG
            ? try Camfs(modes: ["MJPG:64x48@60"], frames: try jpegPictures([40, 200], width: 64, height: 48))
            : try greyCamera()
        let source = try open(camera)
        _ = try frames(2, of: source)
        while source.brokenFrames < 5 {
            try camera.tell("\(kind) 2")  // again, as a frame that we were too slow for is not looked at
            _ = try frames(1, of: source)
        }
        try camera.tell("\(kind) 0")
        _ = try frames(8, of: source)
        let broken = source.brokenFrames
        _ = try frames(3, of: source)
        #expect(source.brokenFrames == broken)
    }

    @Test func aPassingReadErrorIsBorne() throws {
        let camera = try greyCamera()
        let source = try open(camera)
        _ = try frames(2, of: source)
        try camera.tell("eio 3")
        _ = try frames(5, of: source)
        #expect(source.brokenFrames == 3)
        try camera.tell("eio 1000")
        #expect(fault(of: source)?.cause == "\(camera.video): reading a frame: Input/output error")
    }

    @Test func lostFramesAreCounted() throws {
        let camera = try greyCamera(30)
        let source = try open(camera)
        let before = try frames(3, of: source).map(\.lost).reduce(0, +)
        try camera.tell("drop 5")
        var after = 0
        for _ in 0..<60 where after < 5 { after += try frames(1, of: source)[0].lost }
        #expect(after >= 5 && after <= 5 + before + 60)
    }

    @Test func aSilentCameraIsGivenUp() throws {
        let camera = try greyCamera()
        let source = try open(camera, CameraRequest(patience: 0.3))
        try camera.tell("stall")
        let error = try #require(fault(of: source))
        #expect(error.cause == "\(camera.video): no frame for 0.3 s" && error.exitCode == .unavailable)
    }

    @Test(arguments: ["unplug", "unplug eio"]) func anUnpluggedCameraIsOpenedAgainOnceItIsBack(_ how: String) throws {
        let camera = try greyCamera()
        let opener = CameraOpener(camera.video, request: .patient)
        let source = try opener.open(stop: StopSignal())
        _ = try frames(2, of: source)
        try camera.tell(how)
        #expect(fault(of: source)?.cause == "\(camera.video): the camera was unplugged")
        let absent = try #require(fault { _ = try opener.open(stop: StopSignal()) })
        #expect(absent.cause == "\(camera.video): opening: no camera there" && absent.exitCode == .unavailable)
        try camera.tell("replug")
        _ = try frames(2, of: try openSoon(camera))
    }

    @Test func aChangedFormatAsksForOpeningAnew() throws {
        let camera = try greyCamera()
        let source = try open(camera)
        _ = try frames(2, of: source)
        try camera.tell("change GREY:64x48@60")
        #expect(fault(of: source)?.cause == "\(camera.video): the camera changed its format")
        withExtendedLifetime(source) {}
    }

    @Test func afterAChangeTheNewFormatIsRead() throws {
        let camera = try greyCamera()
        var source: (any LiveSource)? = try open(camera)
        try camera.tell("change GREY:64x48@60")
        #expect(source.flatMap { fault(of: $0) } != nil)
        source = nil
        #expect(try openSoon(camera).format.width == 64)
    }

    @Test func aBusyCameraTellsWhoHoldsIt() throws {
        let camera = try greyCamera()
        let first = try open(camera)
        let error = try #require(fault { _ = try open(camera) })
        #expect(error.exitCode == .tryLater)
        // Programs that other tests are about to start may still hold copies of our descriptors.
        #expect(error.cause.contains("busy: held by "), "\(error)")
        #expect(error.cause.contains("this program, for another stream"), "\(error)")
        _ = try frames(2, of: first)
    }

    @Test func anotherProgramThatHoldsACameraIsNamed() throws {
        let camera = try greyCamera()
        try camera.tell("busy")
        let reader = try RunningProgram("sh", ["-c", "exec 3<>'\(camera.video)'; exec sleep 60"])
        defer { reader.send(SIGKILL) }
        let deadline = monotonicSeconds() + 30
        while !holders(camera).contains("sleep"), monotonicSeconds() < deadline { usleep(5000) }
        let error = try #require(fault { _ = try open(camera) })
        #expect(error.cause.contains("busy: held by "), "\(error)")
        #expect(error.cause.contains("sleep (process "), "\(error)")
        #expect(error.remedy == "end that program, or name another camera")
    }

    private func holders(_ camera: Camfs) -> [String] { deviceHolders(camera.video).map(\.name) }

    @Test func timesThatCannotBeTrueAreReplaced() throws {
        let camera = try greyCamera()
        let source = try #require(try open(camera) as? CameraSource)
        try expectGoodTimes(try frames(5, of: source))
        #expect(source.replacedStamps == 0)
        for shift in ["-3600", "7", "0.3"] {
            try camera.tell("shift \(shift)")
            let before = source.replacedStamps
            try expectGoodTimes(try frames(10, of: source))
            #expect(source.replacedStamps > before, "shift \(shift)")
        }
    }

    /// Exposures of the last moments, and times that grow.
    private func expectGoodTimes(_ frames: [LiveFrame]) throws {
        let (now, times) = (unixSeconds(), frames.map(\.frame.time))
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "\(times)")
        #expect(frames.allSatisfy { $0.exposure <= now && $0.exposure > now - 60 })
    }

    @Test func readersThatKeepFramesDoNotStopTheCamera() throws {
        let camera = try greyCamera()
        let source = try open(camera)
        let kept = try frames(40, of: source)
        #expect(Set(kept.map(\.frame.luma.base)).count == 40)
    }

    @Test func aSlowReaderGetsTheNewestFrame() throws {
        let camera = try greyCamera()
        let source = try open(camera)
        _ = try frames(1, of: source)
        // All buffers are full, and more frames than these came.
        while try Int(camera.state()["no_buffer"] ?? "0")! < 10 { usleep(2000) }
        let late = try frames(2, of: source)
        #expect(late[0].lost >= 3 && late[0].lost + late[1].lost >= 13, "\(late.map(\.lost))")
    }

    @Test func waitingEndsAtOnceWhenAskedTo() throws {
        let camera = try greyCamera()
        let stop = StopSignal()
        let source = try open(camera, CameraRequest(patience: 600), stop: stop)
        _ = try frames(2, of: source)
        try camera.tell("stall")
        let began = monotonicSeconds()
        Thread {
            usleep(50_000)
            stop.set()
        }.start()
        #expect(fault(of: source) == nil)
        #expect(monotonicSeconds() - began < 300)
    }

    @Test func nothingIsLeftOfManyOpenings() throws {
        let camera = try greyCamera()
        let opener = CameraOpener(camera.video, request: .patient)
        for round in 0..<300 {
            if round % 3 == 0 { try camera.tell(round % 2 == 0 ? "unplug;replug" : "busy") }
            if let source = try? opener.open(stop: StopSignal()), round % 4 == 0 { _ = try frames(1, of: source) }
            if round % 3 == 0 { try camera.tell("go") }
        }
        #expect(deviceHolders(camera.video).isEmpty)
        // The kernel tells a file's closing a little later.
        let deadline = monotonicSeconds() + 30
        while try camera.state()["buffers"] != "0 queued 0 done 0", monotonicSeconds() < deadline { usleep(2000) }
        #expect(try camera.state()["buffers"] == "0 queued 0 done 0")
    }
}
