import Base
import FaceTracking
import Glibc
import Rendering
import TestSupport
import Testing

@testable import Evaluation
@testable import Samples

/// Gives what a rule says of each frame's number.
private final class ScriptedTracker: FaceTracker {
    let pointCount = 68
    let searches = 0
    private let rule: (Int) -> [Point]?

    init(_ rule: @escaping (Int) -> [Point]?) { self.rule = rule }

    func reset() {}

    func process(_ frame: Frame) -> [TrackedFace] {
        guard let points = rule(Int((frame.time * MovingStill.frameRate).rounded())) else { return [] }
        return [
            TrackedFace(id: 1, confidence: 1, box: Box(around: points), points: points, pointConfidence: [])
        ]
    }
}

@Suite struct JitterMeterTests {
    private func clip(moving: Bool = true, seed: UInt64 = 5) throws -> MovingStill {
        let face = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        let set = FaceSet(rendered: 1, face)
        return MovingStill(set.frame(of: 0), set.faces[0], moving: moving, seed: seed)
    }

    private func measure(_ clip: MovingStill, _ rule: @escaping (Int) -> [Point]?) throws -> ClipJitter {
        try JitterMeter().measure(clip, ScriptedTracker(rule))
    }

    @Test func aPerfectTrackerHasNoJitter() throws {
        let clip = try clip()
        let result = try measure(clip) { clip.truth($0) }
        #expect(result.total < 1e-9 && result.fast < 1e-9 && abs(result.delay) < 1e-9)
        #expect(result.lost == 0 && result.error < 1e-9)
    }

    @Test func addedNoiseIsMeasured() throws {
        // 0.2 pixels along each axis, where the eyes are 80 apart: 0.2·√2 / 80 is 3.54 ‰; without five frames' mean √(4/5) of it.
        let clip = try clip()
        var random = SplitMix64(seed: 1)
        let result = try measure(clip) { index in
            clip.truth(index).map { $0 + Point(random.normal(), random.normal()) * 0.2 }
        }
        #expect(abs(result.total - 3.54) < 0.15, "\(result.total)")
        #expect(abs(result.fast - 3.54 * 0.8.squareRoot()) < 0.15, "\(result.fast)")
        #expect(abs(result.error - 100 * 0.2 * (Double.pi / 2).squareRoot() / 80) < 0.03, "\(result.error)")
    }

    @Test(arguments: [1, 2]) func aLateTrackerIsFoundLate(frames: Int) throws {
        let clip = try clip()
        let result = try measure(clip) { clip.truth($0 - frames) }
        #expect(abs(result.delay - Double(frames)) < 0.05, "\(result.delay)")
        #expect(result.fast < result.total / 5, "lag is slow")
    }

    @Test func aConstantErrorIsNoJitter() throws {
        let clip = try clip(moving: false)
        let result = try measure(clip) { clip.truth($0).map { $0 + Point(4, 0) } }
        #expect(result.total < 1e-9 && abs(result.error - 5) < 1e-9)
    }

    @Test func framesWithoutTheFaceAreCounted() throws {
        let clip = try clip()
        let result = try measure(clip) { index in
            switch index {
            case 3, 20, 21: nil
            case 40: clip.truth(index).map { $0 + Point(60, 0) }
            default: clip.truth(index)
            }
        }
        #expect(result.lost == 3 && result.total < 1e-9, "frame 3 is for settling")
    }

    @Test func smoothingCalmsAStillFace() throws {
        let clip = try clip(moving: false)
        func noisy() -> ScriptedTracker {
            var random = SplitMix64(seed: 3)
            return ScriptedTracker { index in
                clip.truth(index).map { $0 + Point(random.normal(), random.normal()) * 0.2 }
            }
        }
        let raw = try JitterMeter().measure(clip, noisy())
        let smoothed = try JitterMeter().measure(clip, SmoothedTracker(noisy()))
        #expect(smoothed.fast < 0.6 * raw.fast, "\(smoothed.fast) of \(raw.fast)")
    }

    /// A face that was never found does not wobble: it must not count as perfectly steady.
    @Test func clipsWhoseFaceWasLostTellNothing() {
        let all = MovingStill.frameCount - MovingStill.settling
        let lost = ClipJitter(lost: all)
        let seen = ClipJitter(total: 4, fast: 2, error: 3)
        let half = JitterReport([
            .init(name: "a", moving: seen, still: lost), .init(name: "b", moving: lost, still: lost),
        ])
        #expect(half.text.contains("moving: total ‰   4.00 (4.00)") && half.text.contains("still: total ‰    –"))
        #expect(half.json.text.contains("\"still_fast_permille\":null"))
    }

    @Test func theReportTellsMeansAndMedians() {
        let faces = [1.0, 2, 6].map { value in
            JitterReport.Face(
                name: "", moving: ClipJitter(total: value, fast: 1, delay: 0.25, lost: 1, error: 3), still: ClipJitter()
            )
        }
        let report = JitterReport(faces)
        #expect(report.text.contains("moving: total ‰   3.00 (2.00)"), "\(report.text)")
        #expect(report.text.contains("lost frames       3 + 0 of 270 each"))
        #expect(report.json.text.contains("\"moving_total_permille\":{\"mean\":3.0000,\"median\":2.0000}"))
    }
}
