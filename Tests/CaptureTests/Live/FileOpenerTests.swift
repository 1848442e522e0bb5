import Base
import Foundation
import TestSupport
import Testing

@testable import Capture

/// Files played as if they came from a camera.
@Suite(.ownThread) struct FileOpenerTests {
    let folder: TemporaryFolder
    var clip: String { folder.path("clip.mp4") }

    init() throws {
        folder = try TemporaryFolder()
        try writeClip(clip, times: (0..<10).map { Double($0) / 50 })
    }

    @Test func framesComeAtTheirOwnPace() throws {
        let source = try FileOpener(clip).open(stop: StopSignal())
        #expect(source.format.width == 96 && source.format.height == 64 && source.format.encoding == "h264")
        var arrivals: [(frame: LiveFrame, at: Double)] = []
        while let frame = try source.next() { arrivals.append((frame, unixSeconds())) }
        #expect(arrivals.count == 10)
        for (index, (live, arrival)) in arrivals.enumerated() {
            #expect(abs(live.frame.time - Double(index) / 50) < 1e-6)
            #expect(abs(middleLuma(live.frame) - markedLuma(index)) <= 3)
            // Never early; how late is the machine's affair.
            #expect(live.exposure <= arrival + 1e-4)
            #expect(live.exposure - arrivals[0].frame.exposure > Double(index) / 50 - 0.01)
        }
        #expect(try source.next() == nil)
    }

    @Test func aLoopGoesOnWithoutAnEndAndTimesGrow() throws {
        let source = try FileOpener(clip, loop: true).open(stop: StopSignal())
        let played = try frames(25, of: source)
        for (index, live) in played.enumerated() {
            #expect(abs(live.frame.time - Double(index) / 50) < 1e-6)
            #expect(abs(middleLuma(live.frame) - markedLuma(index % 10)) <= 3)
        }
    }

    /// Pictures that are dense at first and rare later: the header's mean rate is nobody's promise.
    @Test func aRateThatPicturesDoNotKeepToIsNoPromise() throws {
        var (even, odd) = (Pace(), Pace())
        for index in 0..<120 {
            let time = Double(index) / 17
            _ = even.due(time)
            _ = odd.due(index < 60 ? time / 3 : 60 / 51.0 + Double(index - 60) * 0.9)
        }
        #expect(even.kept(17) == 17 && even.kept(nil) == nil && odd.kept(17) == nil)
        let source = try FileOpener(clip).open(stop: StopSignal())
        _ = try frames(10, of: source)
        #expect(source.format.rate == 50)
    }

    @Test func waitingForTheNextFrameEndsWhenAskedTo() throws {
        try writeClip(folder.path("slow.mp4"), times: [0, 3000])
        let stop = StopSignal()
        let source = try FileOpener(folder.path("slow.mp4")).open(stop: stop)
        _ = try frames(1, of: source)
        Thread {
            usleep(50_000)
            stop.set()
        }.start()
        #expect(try source.next() == nil)
    }

    @Test func aDamagedEndIsWhereTheFileEnds() throws {
        try writeClip(folder.path("whole.mkv"), times: (0..<20).map { Double($0) / 200 }, .of("mpeg4", "matroska"))
        let whole = bytes(of: folder.path("whole.mkv"))
        try writeFile(folder.path("cut.mkv"), Array(whole[..<(whole.count * 3 / 4)]))
        let once = try FileOpener(folder.path("cut.mkv")).open(stop: StopSignal())
        var count = 0
        while try once.next() != nil { count += 1 }
        #expect(count > 3 && once.brokenFrames > 0)
        _ = try frames(2 * count + 1, of: try FileOpener(folder.path("cut.mkv"), loop: true).open(stop: StopSignal()))
    }

    @Test(arguments: [false, true]) func aFileWithoutOneGoodPictureIsAnError(loop: Bool) throws {
        try writeClip(folder.path("good.avi"), .mjpeg)
        var broken = bytes(of: folder.path("good.avi"))
        let first = try #require(broken.indices.dropLast(2).first { broken[$0...].starts(with: [0xFF, 0xD8, 0xFF]) })
        // JPEG's markers begin with FF: without them there is nothing to decode.
        for index in broken.indices[first...] where broken[index] == 0xFF { broken[index] = 0 }
        try writeFile(folder.path("broken.avi"), broken)
        let source = try FileOpener(folder.path("broken.avi"), loop: loop).open(stop: StopSignal())
        let error = try #require(fault(of: source))
        #expect(error.exitCode == .unusableData && error.cause.contains("not one picture"), "\(error)")
        #expect(source.brokenFrames >= 20)
    }

    @Test func whatIsNoVideoIsRefused() throws {
        try writeFile(folder.path("text.mp4"), Array("no video".utf8))
        #expect(mkfifo(folder.path("pipe.mp4"), 0o600) == 0)
        for (name, code) in [
            ("text.mp4", ExitCode.unusableData), ("pipe.mp4", .noInput), ("absent.mp4", .noInput),
        ] {
            let error = try #require(fault { _ = try FileOpener(folder.path(name)).open(stop: StopSignal()) })
            #expect(error.exitCode == code && error.cause.hasPrefix(folder.path(name)), "\(error)")
        }
    }

    @Test func addressesInsideAFileAreNotFollowed() throws {
        try writeFile(folder.path("list.m3u8"), Array("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n".utf8))
        let error = try #require(fault { _ = try FileOpener(folder.path("list.m3u8")).open(stop: StopSignal()) })
        #expect(error.exitCode == .unusableData)
    }
}
