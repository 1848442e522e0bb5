import Testing

@testable import Capture

@Suite struct PresentationQueueTests {
    /// What comes out: timestamps, negative where the picture failed.
    private func drain(_ queue: inout PresentationQueue<Int>) -> [Int64] {
        var out: [Int64] = []
        while let entry = queue.next() { out.append((entry.stamp ?? 99) * (entry.content == nil ? -1 : 1)) }
        return out
    }

    @Test func aFailedPictureWaitsForItsTurn() {
        var queue = PresentationQueue<Int>()
        queue.decoded(1, stamp: 1, duration: 0)
        queue.broken(stamp: 4)
        #expect(drain(&queue) == [1])
        queue.decoded(2, stamp: 2, duration: 0)
        queue.broken(stamp: 3)
        queue.decoded(5, stamp: 5, duration: 0)
        #expect(drain(&queue) == [2, -3, -4, 5])
        queue.broken(stamp: 6)
        #expect(drain(&queue).isEmpty)
        queue.finish()
        #expect(drain(&queue) == [-6])
    }

    @Test func aPictureThatCameThroughAfterAllIsNotToldTwice() {
        var queue = PresentationQueue<Int>()
        queue.broken(stamp: 1)
        queue.decoded(1, stamp: 1, duration: 0)
        queue.broken(stamp: 1)
        queue.broken(stamp: 2)
        queue.broken(stamp: 2)
        queue.finish()
        #expect(drain(&queue) == [1, -2])
    }

    @Test func withoutTimestampsOrderIsThatOfArrival() {
        var queue = PresentationQueue<Int>()
        queue.decoded(1, stamp: nil, duration: 0)
        queue.broken(stamp: nil)
        queue.decoded(2, stamp: nil, duration: 0)
        #expect(drain(&queue) == [99, -99, 99])
    }
}

@Suite struct FrameClockTests {
    /// Times of timestamps in milliseconds, usual step 40 ms.
    private func times(_ stamps: [Int64?], durations: [Int64] = []) -> [Double] {
        var clock = FrameClock(numerator: 1, denominator: 1000, usualStep: 0.04)
        return stamps.enumerated().map { index, stamp in
            (clock.time(stamp: stamp, duration: index < durations.count ? durations[index] : 0) * 1000).rounded()
        }
    }

    @Test func startsAtZeroWhateverTheFirstTimestamp() { #expect(times([852, 885, 1000]) == [0, 33, 148]) }

    @Test func missingTimestampsFollowTheirPredecessor() {
        #expect(times([100, nil, nil, 230]) == [0, 40, 80, 130])
        #expect(times([100, nil, 300], durations: [70, 30]) == [0, 70, 200])
        #expect(times([nil, nil, 500, 520]) == [0, 40, 80, 100])
    }

    @Test func equalAndDisorderedTimestampsStillGrow() { #expect(times([0, 40, 40, 30, 80]) == [0, 40, 41, 42, 80]) }

    @Test func aClockThatStartsAnewGoesOnFromThere() {
        #expect(times([60_000, 60_040, 0, 40, 80]) == [0, 40, 80, 120, 160])
    }

    @Test func gapsAreKept() { #expect(times([0, 40, 5000]) == [0, 40, 5000]) }

    @Test(arguments: [
        Int64.max, .min, .min + 1, 1 << 62, -(1 << 62), 4_000_000_000_000_000_000, 700_000_000,
    ]) func aJumpByCenturiesIsTakenOutAndCounted(stamp: Int64) {
        var clock = FrameClock(numerator: 1, denominator: 1000, usualStep: 0.04)
        let stamps = [-5000, -4960, stamp, stamp, 0, 40, nil, .max, .min]
        let times = stamps.map { clock.time(stamp: $0, duration: $0 == nil ? .max : 0) }
        #expect(zip(times, times.dropFirst()).allSatisfy { 0 < $1 - $0 && $1 - $0 < 10 }, "\(times)")
        #expect(times[1] == 0.04 && times[2] == 0.08 && clock.jumps >= 3)
    }

    @Test(arguments: [(0, 1), (1, 0), (-1, 1000), (.max, 1), (1, .max), (.max, .max)] as [(Int32, Int32)])
    func aUnitThatCannotBeIsNoReasonToStop(numerator: Int32, denominator: Int32) {
        for step in [0.04, 0, -1, .nan, .infinity, 1e300] {
            var clock = FrameClock(numerator: numerator, denominator: denominator, usualStep: step)
            let times = [0, 1, 1, Int64.max, .max, .min, nil, 7].map { clock.time(stamp: $0, duration: .max) }
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 && $1 - $0 <= 7 * 86400 }, "\(times)")
        }
    }
}

@Suite struct PaceTests {
    @Test func longGapsBetweenPicturesAreShortened() {
        var pace = Pace()
        let dues = [0, 0.04, 3600, 3600.04].map { pace.due($0).monotonic - pace.due(0).monotonic }
        let start = dues[0]
        #expect(dues.map { $0 - start }.allSatisfy { $0 < 7 }, "\(dues)")
    }
}
