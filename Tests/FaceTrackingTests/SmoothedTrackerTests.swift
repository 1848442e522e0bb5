import Testing

@testable import Base
@testable import FaceTracking

@Suite struct SmoothedTrackerTests {
    /// Gives one landmark that wanders as told, id 1; nobody in the frames at `gaps`.
    final class ToldTracker: FaceTracker {
        let pointCount = 2
        let searches = 0
        var path: (Double) -> Double
        var gaps: Set<Int> = []
        private var frame = 0

        init(_ path: @escaping (Double) -> Double) { self.path = path }

        func reset() { frame = 0 }

        func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
            self.frame += 1
            if gaps.contains(self.frame) { return [] }
            let points = [Point(path(frame.time), 0), Point(100, 100)]
            return [
                TrackedFace(
                    id: 1, confidence: 1, box: Box(around: points), points: points, pointConfidence: [1, 1])
            ]
        }
    }

    @Test func aStillFaceTremblesLess() throws {
        var generator = SplitMix64(seed: 3)
        let (raw, smooth) = try follow(seconds: 8) { _ in 0.3 * generator.normal() }
        #expect(spread(smooth) < 0.6 * spread(raw))
    }

    @Test func aQuickFaceIsNotHeldBack() throws {
        let (raw, smooth) = try follow(seconds: 2) { 300 * $0 }
        let lag = zip(raw, smooth).map { ($0 - $1) / 300 }.max()!
        #expect(lag < 0.02, "lags \(lag) s behind")
    }

    @Test func theFramesOwnTimesCount() throws {
        let (_, slow) = try follow(seconds: 0.2, rate: 10) { $0 > 0 ? 5 : 0 }
        let (_, fast) = try follow(seconds: 0.2, rate: 60) { $0 > 0 ? 5 : 0 }
        #expect(slow[1] > fast[1] + 0.5, "a longer step must move the output further")
    }

    @Test func nothingIsDraggedOverAGap() throws {
        let tracker = ToldTracker { $0 < 0.5 ? 0 : 40 }
        tracker.gaps = [13]
        let smooth = SmoothedTracker(tracker)
        var last: [TrackedFace] = []
        for index in 0..<14 { last = try smooth.process(frame(Double(index) / 25)) }
        #expect(last[0].points[0].x == 40)
    }

    private func follow(
        seconds: Double, rate: Double = 30, _ path: @escaping (Double) -> Double
    ) throws -> (raw: [Double], smooth: [Double]) {
        var raw: [Double] = []
        let tracker = SmoothedTracker(
            ToldTracker { time in
                raw.append(path(time))
                return raw.last!
            })
        var smooth: [Double] = []
        for index in 0..<Int(seconds * rate) {
            smooth.append(try tracker.process(frame(Double(index) / rate))[0].points[0].x)
        }
        return (raw, smooth)
    }

    private func frame(_ time: Double) -> Frame { PixelBuffer(width: 8, height: 8).frame(fullRange: true, time: time) }

    private func spread(_ values: [Double]) -> Double {
        let tail = values.dropFirst(10)
        let mean = tail.reduce(0, +) / Double(tail.count)
        return (tail.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(tail.count)).squareRoot()
    }
}
