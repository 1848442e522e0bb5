import Capture
import Glibc
import TestSupport
import Testing

@testable import Base
@testable import Service

@Suite struct LivePartsTests {
    @Test func pausesDoubleUpToHalfAMinute() {
        var backoff = Backoff()
        var pauses: [Double] = []
        for _ in 0..<8 { pauses.append(backoff.next()) }
        #expect(pauses == [0.5, 1, 2, 4, 8, 16, 30, 30])
        backoff.reset()
        let pause = backoff.next()
        #expect(pause == 0.5)
    }

    @Test func onlyACameraIsSaidToWantLight() throws {
        func advice(_ source: String, lost: Int = 0) throws -> String {
            CaptureLoop.slownessAdvice(try sourceOpener(source), received: 50, lost: lost)
        }
        #expect(try advice("/dev/video0").contains("more light"))
        #expect(try advice("/dev/video0", lost: 25).contains("the machine is busy"))
        #expect(try advice("clip.mp4").contains("the machine is busy"))
        #expect(try advice("rtsp://camera/1").contains("network"))
        for source in ["clip.mp4", "rtsp://camera/1"] { #expect(try !advice(source).contains("light")) }
    }

    @Test func aSourcesClockIsFollowedWhileItIsSane() {
        var clock = StreamClock()
        let times = [clock.time(100, now: 5), clock.time(100.04, now: 5.3), clock.time(100.08, now: 5.31)]
        #expect(zip(times, [5, 5.04, 5.08]).allSatisfy { abs($0 - $1) < 1e-9 }, "the source's own steps, not ours")
    }

    @Test(arguments: [-1000.0, 0, 0.08, 1e6]) func jumpsOfASourcesClockAreTakenOut(jump: Double) {
        var clock = StreamClock()
        var times: [Double] = []
        for frame in 0..<50 {
            let time = Double(frame) / 25
            times.append(clock.time(frame < 20 ? time : jump + time / 1000, now: 7 + time))
        }
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 > $0 })
        #expect(zip(times, 0...).allSatisfy { abs($0 - 7 - Double($1) / 25) < 1.1 }, "\(times)")
    }

    @Test func aSourceThatIsOpenedAgainStartsWhereTheClockIs() {
        var clock = StreamClock()
        var times: [Double] = []
        for (sourceTime, now) in [(0.0, 3.0), (0, 3.5), (9, 3.5)] {
            clock.sourceWasOpened()
            times.append(clock.time(sourceTime, now: now))
        }
        #expect(times == [3, 3.5, 3.501], "never the same time twice")
    }

    @Test func theRateIsThatOfTheLastSeconds() {
        var meter = RateMeter()
        for frame in 0..<300 { _ = meter.add(at: 50 + Double(frame) / 30) }
        #expect(meter.isSure && abs(meter.rate - 30) < 0.5)
        for frame in 0..<60 { _ = meter.add(at: 60 + Double(frame) / 5) }
        #expect(abs(meter.rate - 5) < 0.2)
        var young = RateMeter()
        for frame in 0..<60 { _ = young.add(at: Double(frame) / 30) }
        #expect(!young.isSure)
    }

    @Test func aDeviceThatComesIsNoticed() throws {
        let folder = try TemporaryFolder()
        var watch = SourceWatch(folder.path("video0"), devices: folder.path("none"))
        var changes = [watch.hasChanged()]
        try writeFile(folder.path("video0"), [1])
        for _ in 0..<2 { changes.append(watch.hasChanged()) }
        unlink(folder.path("video0"))
        changes.append(watch.hasChanged())
        #expect(changes == [false, true, false, true])
    }

    @Test func aLoopThatIsOverdueIsKnown() {
        let beat = Heartbeat("loop")
        #expect(!beat.isOverdue)
        beat.expect(within: 1000)
        #expect(!beat.isOverdue)
        beat.expect(within: -3)
        #expect(beat.isOverdue)
        beat.rest()
        #expect(!beat.isOverdue)
        beat.rest(atMost: 1000)
        #expect(!beat.isOverdue && beat.busyTime == 0, "a pause is no work")
        beat.rest(atMost: -3)
        #expect(beat.isOverdue, "even to look whether a camera is there may hang")
    }

    @Test func aQueueThatIsFullRefuses() {
        let queue = BoundedQueue<Int>(capacity: 2)
        #expect(queue.offer(1) && queue.offer(2) && !queue.offer(3))
        queue.end()
        #expect(!queue.offer(4))
        var taken: [Int] = []
        while case .value(let value) = queue.take(seconds: 0) { taken.append(value) }
        #expect(taken == [1, 2])
        guard case .end = queue.take(seconds: 1000) else {
            Issue.record("an ended queue has no end")
            return
        }
    }
}
