import Testing

@testable import Capture

/// Driver's stamps and numbers, good and odd.
@Suite struct CameraClockTests {
    @Test func goodStampsBecomeTimesAndUnixTime() {
        var clock = CameraClock()
        let frames = (0..<3).map { index in
            let stamp = 1000 + 0.04 * Double(index)
            return clock.exposure(stamp: stamp, now: stamp + 0.01, unixNow: 5_000_000 + stamp + 0.01)
        }
        for (index, frame) in frames.enumerated() {
            #expect(abs(frame.time - 0.04 * Double(index)) < 1e-9)
            #expect(abs(frame.unix - (5_001_000 + 0.04 * Double(index))) < 1e-6)
        }
        #expect(clock.replacedStamps == 0)
    }

    @Test(arguments: [0, -1e300, 1e300, .nan, .infinity, -.infinity, 990, 1000.04, 1001])
    func oddStampsAreReplacedByTheTimeOfArrival(_ odd: Double) {
        var clock = CameraClock()
        _ = clock.exposure(stamp: 1000, now: 1000, unixNow: 9000)
        _ = clock.exposure(stamp: 1000.04, now: 1000.04, unixNow: 9000.04)
        let replaced = clock.exposure(stamp: odd, now: 1000.08, unixNow: 9000.08)
        #expect(abs(replaced.time - 0.08) < 1e-9 && abs(replaced.unix - 9000.08) < 1e-6)
        #expect(clock.replacedStamps == 1)
        let good = clock.exposure(stamp: 1000.12, now: 1000.12, unixNow: 9000.12)
        #expect(abs(good.time - 0.12) < 1e-9 && clock.replacedStamps == 1)
    }

    @Test func timesGrowThoughTheClockStandsStill() {
        var clock = CameraClock()
        let times = (0..<5).map { _ in clock.exposure(stamp: 7, now: 7, unixNow: 7).time }
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        #expect(clock.replacedStamps == 4)
    }

    /// Losses told for frames numbered so, `gap` seconds apart.
    private func losses(_ numbers: [UInt32], gap: Double = 0.1, rate: Double? = 30) -> [Int] {
        var counter = FrameNumbers(rate: rate)
        return numbers.enumerated().map { index, number in
            let moment = gap * Double(index)
            return counter.lost(before: number, stamp: moment, arrival: moment)
        }
    }

    @Test func gapsInTheNumbersAreLosses() {
        #expect(losses([0, 1, 2, 5, 6]) == [0, 0, 0, 2, 0])
        #expect(losses([UInt32.max - 1, UInt32.max, 1]) == [0, 0, 1])
    }

    @Test func numbersThatMakeNoSenseAreNoLosses() {
        #expect(losses([0, 0, 0]) == [0, 0, 0])
        #expect(losses([10, 3, 4]) == [0, 0, 0])
        #expect(losses([0, 4711, 4712]) == [0, 0, 0])
        #expect(losses([0, 2_147_483_648]) == [0, 0])
    }

    @Test func aLongHaltLosesAsMuchAsTimeAllows() {
        var counter = FrameNumbers(rate: 30)
        // Four buffers filled, then none free for 10 s; all are read at once.
        for number in UInt32(0)..<4 {
            #expect(counter.lost(before: number, stamp: Double(number) / 30, arrival: 10) == 0)
        }
        #expect(counter.lost(before: 300, stamp: 10, arrival: 10.01) == 296)
    }
}
