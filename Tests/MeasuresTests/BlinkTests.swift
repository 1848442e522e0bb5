import Rendering
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Measures

/// Blinks of drawn faces whose lids are known exactly.
@Suite struct BlinkTests {
    private let face: AverageFace

    init() throws { face = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors") }

    /// A face with an id of 1 whose eyes close as `lids` says, measured frame by frame at `rate`.
    private func measured(
        seconds: Double = 6, rate: Double = 30, yaw: Double = 0, shut: Double = 1,
        lids: (Double) -> Double
    ) -> [(time: Double, eyes: EyeMeasures)] {
        var meter = FaceMeter(.ibug68)
        return (0..<Int(seconds * rate)).compactMap { index in
            let time = Double(index) / rate
            let pose = Pose(yaw: yaw, scale: 80, position: Point(320, 240))
            let points = face.landmarks(of: Person(seed: 3), pose, FaceExpression(blink: shut * lids(time)))
            let told = TrackedFace(
                id: 1, confidence: 1, box: Box(around: points), points: points, pointConfidence: [])
            let faces = meter.measure([told], time: time, width: 640, height: 480)
            return faces[0].measures?.eyes.map { (time, $0) }
        }
    }

    /// 0.1 s down, 0.05 s shut, 0.15 s up.
    private func blink(_ time: Double, at starts: [Double]) -> Double {
        for since in starts.map({ time - $0 }) where 0..<0.3 ~= since {
            return since < 0.1 ? since / 0.1 : since < 0.15 ? 1 : (0.3 - since) / 0.15
        }
        return 0
    }

    @Test(arguments: [15.0, 30, 60])
    func everyBlinkIsFoundWhereItIs(rate: Double) throws {
        let starts = [1.0, 1.9, 4.5]
        let frames = measured(rate: rate) { blink($0, at: starts) }
        let blinks = frames.flatMap(\.eyes.blinks)
        try #require(blinks.count == 3)
        for (blink, start) in zip(blinks, starts) {
            #expect(abs(blink.start - start) <= 1.5 / rate, "start \(blink.start)")
            #expect(start + 0.05...start + 0.2 ~= blink.peak && blink.end > blink.peak)
            #expect(blink.end - start < 0.4 && blink.depth > 0.7)
        }
        let told = frames.filter { !$0.eyes.blinks.isEmpty }.map(\.time)
        #expect(zip(told, blinks).allSatisfy { abs($0 - $1.end) < 1e-9 }, "told in the frame in which it ends")
    }

    /// What networks make of shut eyes: half open.
    @Test func blinksThatAreSaidToBeHalfOpenCount() {
        let blinks = measured(shut: 0.5) { blink($0, at: [1, 3]) }.flatMap(\.eyes.blinks)
        #expect(blinks.count == 2)
        #expect(blinks.allSatisfy { 0.3...0.6 ~= $0.depth })
    }

    @Test func theStateIsShownWhileTheLidsAreDown() {
        let down = measured { blink($0, at: [2]) }.filter(\.eyes.isBlinking).map(\.time)
        #expect(!down.isEmpty && down.allSatisfy { 2...2.3 ~= $0 })
    }

    @Test func slowChangesAreNoBlinks() {
        let squint = measured { 0.4 * max(0, min(1, ($0 - 2) / 1.5)) }
        #expect(squint.allSatisfy { $0.eyes.blinks.isEmpty }, "lids that sink within a second and a half")
        let laugh = measured { $0 < 2 ? 0 : max(0, 0.5 - 0.3 * ($0 - 2)) }
        #expect(laugh.allSatisfy { $0.eyes.blinks.isEmpty }, "lids that fall at once and rise slowly")
        let shut = measured { $0 < 2 ? 0 : 0.5 }
        #expect(shut.allSatisfy { $0.eyes.blinks.isEmpty }, "lids that stay half down")
    }

    @Test func eyesThatStayShutAreOneLongBlink() throws {
        let blinks = measured { 2..<3.5 ~= $0 ? 1 : 0 }.flatMap(\.eyes.blinks)
        try #require(blinks.count == 1)
        #expect(blinks[0].end - blinks[0].start > 1.4)
    }

    @Test func aFaceTurnedAsideBlinksWithTheNearEye() {
        #expect(measured(yaw: 0.7) { blink($0, at: [1, 3]) }.flatMap(\.eyes.blinks).count == 2)
        #expect(measured(yaw: -0.7) { blink($0, at: [1, 3]) }.flatMap(\.eyes.blinks).count == 2)
    }

    @Test func openingIsRelativeToThePersonsOwnEyes() throws {
        let frames = measured(seconds: 8) { blink($0, at: [1, 3, 5]) }
        #expect(frames[0].eyes.right.relative == nil, "nothing is known of a single frame")
        let late = frames.filter { $0.time > 5.6 }
        #expect(late.allSatisfy { ($0.eyes.right.relative ?? 0) > 0.9 && ($0.eyes.left.relative ?? 0) > 0.9 })
        let peak = try #require(frames.first { $0.time > 5.11 })
        #expect((peak.eyes.right.relative ?? 1) < 0.1 && peak.eyes.right.ratio < 0.1)
    }

    @Test func faceThatComesBackAfterAGapStartsOver() {
        var meter = FaceMeter(.ibug68)
        func see(_ time: Double, blink: Double) -> EyeMeasures? {
            let points = face.landmarks(
                of: .average, Pose(scale: 80, position: Point(320, 240)), FaceExpression(blink: blink))
            let told = TrackedFace(id: 1, confidence: 1, box: Box(around: points), points: points, pointConfidence: [])
            return meter.measure([told], time: time, width: 640, height: 480)[0].measures?.eyes
        }
        for index in 0..<30 { _ = see(Double(index) / 30, blink: 0) }
        for index in 0..<30 {
            let eyes = see(1.5 + Double(index) / 30, blink: index < 10 ? 1 : 0)
            #expect(eyes?.blinks.isEmpty == true && eyes?.isBlinking == false, "nobody saw the lids go down")
        }
    }

    @Test func theFocalLengthThatIsSetGivesTheDistance() throws {
        func distance(_ focalLength: Double?) throws -> Double {
            var meter = FaceMeter(.ibug68, focalLength: focalLength)
            let points = face.landmarks(of: .average, Pose(scale: 70, position: Point(320, 240)))
            let told = TrackedFace(id: 1, confidence: 1, box: Box(around: points), points: points, pointConfidence: [])
            return try #require(meter.measure([told], time: 0, width: 640, height: 480)[0].measures?.pose).translation.z
        }
        #expect(try abs(distance(1000) - 2 * distance(500)) < 60)
        #expect(try distance(nil) == distance(500), "640×480: 500 pixels")
    }

    @Test func otherSchemesTellWhatTheyKnow() {
        func measures(_ scheme: LandmarkScheme) -> FaceMeasures? {
            var meter = FaceMeter(scheme)
            var random = SplitMix64(seed: 1)
            let points = (0..<scheme.count).map { _ in Point(random.uniform(100, 200), random.uniform(100, 200)) }
            let told = TrackedFace(id: 1, confidence: 1, box: Box(around: points), points: points, pointConfidence: [])
            return meter.measure([told], time: 0, width: 640, height: 480)[0].measures
        }
        #expect(measures(.wflw98)?.pose == nil && measures(.wflw98)?.eyes != nil)
        let own = measures(LandmarkScheme(name: "points10", count: 10))
        #expect(own == FaceMeasures(), "nothing at all")
    }

    /// Points that coincide, or lie far away, give no number that is none.
    @Test func degenerateFacesGiveNoNonsense() {
        var meter = FaceMeter(.ibug68)
        for (index, place) in [Point.zero, Point(1e9, 0), Point(.nan, .nan), Point(320, 240)].enumerated() {
            let told = TrackedFace(
                id: 1, confidence: 1, box: Box(low: .zero, high: .zero), points: [Point](repeating: place, count: 68),
                pointConfidence: [])
            let measures = meter.measure([told], time: Double(index) / 30, width: 640, height: 480)[0].measures
            #expect(measures?.pose == nil && measures?.mouth == nil)
            for eye in [measures?.eyes?.right, measures?.eyes?.left] { #expect(eye.map { $0.ratio == 0 } ?? true) }
        }
    }
}
