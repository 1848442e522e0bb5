import Base
import FaceTracking
import Measures
import Rendering
import TestSupport
import Testing

@testable import Evaluation
@testable import Samples

/// Poses and blinks beside their truth.
@Suite struct MeasureEvaluationTests {
    private let face: AverageFace

    init() throws { face = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors") }

    /// The truth of a drawing is what its exact landmarks give.
    @Test func theTruthOfADrawnHeadIsItsPose() throws {
        var pose = Pose(yaw: 0.4, pitch: -0.2, roll: 0.3, scale: 500 / 7.25, position: Point(250, 280))
        pose.opticalCentre = Point(319.5, 239.5)
        let truth = pose.headPose
        #expect(truth.yaw < 0, "turned to the right of the picture")
        let solver = PoseSolver(Camera(width: 640, height: 480))
        let found = try #require(solver.fit(face.landmarks(of: .average, pose))).pose
        #expect((found.rotation - truth.rotation).norm < 0.02, "\(found) for \(truth)")
        #expect((found.translation - truth.translation).norm < 10, "\(found) for \(truth)")
    }

    @Test func errorsAreAnglesWithoutTurns() {
        var errors = PoseErrors("", key: "")
        let place = SIMD3(0.0, 0, 500)
        errors.add(
            HeadPose(translation: place, rotation: SIMD3(0.1, 0, .pi - 0.05)),
            truth: HeadPose(translation: place * 1.1, rotation: SIMD3(0, 0, -.pi + 0.05)))
        errors.add(nil, truth: HeadPose(translation: place, rotation: .zero))
        #expect(errors.missing == 1 && abs(errors.means.x - 5.73) < 0.01 && abs(errors.means.z - 5.73) < 0.01)
    }

    @Test func eachBlinkIsFoundOnce() {
        var errors = BlinkErrors("", key: "")
        func blink(_ start: Double, _ end: Double) -> Blink {
            Blink(start: start, peak: (start + end) / 2, end: end, depth: 0.5)
        }
        errors.add([blink(1, 1.3), blink(1.2, 1.4), blink(5, 5.2)], truth: [1.1...1.2, 3...3.1], seconds: 10)
        #expect(errors.right == 1 && errors.missed == 1 && errors.wrong == 2)
        #expect(errors.recall == 0.5 && errors.precision.map { abs($0 - 1.0 / 3) < 1e-9 } == true)
    }

    @Test func tablesTellBlinksBetweenTheirFrames() throws {
        let folder = try TemporaryFolder()
        try writeFile(folder.path("a.csv"), Array("x,frame,blink\n1,0,0\n1,4,1\n1,8,1\n1,12,0\n1,30,1\n".utf8))
        let clip = AnnotatedClip(video: folder.path("a.mp4"), table: folder.path("a.csv"), folder: folder.path(""))
        let times = (0..<40).map { Double($0) / 10 }
        #expect(try clip.blinks(times: times) == [0.2...1.0, 2.8...3.2])
        try writeFile(folder.path("a.csv"), Array("frame,blink\n1,2\n".utf8))
        let fault = #expect(throws: LandmarkdError.self) { try clip.blinks(times: times) }
        #expect(fault?.exitCode == .unusableData && fault?.cause.contains("a.csv:2: ") == true)
    }
}
