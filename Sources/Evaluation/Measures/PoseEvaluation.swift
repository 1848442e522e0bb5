import Base
import FaceTracking
import Glibc
import Measures
import Rendering
import Samples

/// `landmarkd evaluate --task pose`: heads drawn in poses that are exactly known, and copies of real pictures whose poses must agree.
package struct PoseEvaluation {
    /// People drawn, and frames of each of their clips.
    package var people = 6
    package var frames = 120

    private static let size = (width: 640, height: 480)
    /// A three-quarter view: landmarks of heads that turn further are known to be vague.
    private static let threeQuarters = 45 * Double.pi / 180
    /// Degrees to which heads turn.
    private static let largest = (yaw: 60.0, pitch: 30.0, roll: 45.0)

    private let models: TrackerModels

    package init(_ models: TrackerModels) { self.models = models }

    /// A way through poses: all angles in degrees, for 0…1.
    private struct Sweep: Sendable {
        let name: String
        let key: String
        let angles: @Sendable (Double) -> (yaw: Double, pitch: Double, roll: Double)
    }

    private static let sweeps = [
        Sweep(name: "yaw ±60°", key: "yaw") { (largest.yaw * sin(2 * .pi * $0), 0, 0) },
        Sweep(name: "pitch ±30°", key: "pitch") { (0, largest.pitch * sin(2 * .pi * $0), 0) },
        Sweep(name: "roll ±45°", key: "roll") { (0, 0, largest.roll * sin(2 * .pi * $0)) },
        Sweep(name: "all at once, to 40°, 20°, 30°", key: "all") {
            (40 * sin(2 * .pi * $0), 20 * sin(4 * .pi * $0 + 1), 30 * sin(2 * .pi * $0 + 2))
        },
    ]

    // MARK: Drawn heads

    /// Drawn people other than the mean, who talk and blink: from their exact landmarks, and followed by the tracker. `progress`
    /// receives the share done.
    package func drawn(_ face: AverageFace, progress: (Double) -> Void) throws(LandmarkdError) -> PoseReport {
        var (exact, tracked): ([PoseErrors], [PoseErrors]) = ([], [])
        var aside = PoseErrors("tracked, yaw over 45°", key: "tracked_aside")
        for (number, sweep) in Self.sweeps.enumerated() {
            var points = PoseErrors("exact landmarks, \(sweep.name)", key: "exact_\(sweep.key)")
            var followed = PoseErrors("tracked, \(sweep.name)", key: "tracked_\(sweep.key)")
            for person in 1...people {
                progress(Double(number * people + person - 1) / Double(Self.sweeps.count * people))
                try judge(clip(of: person, sweep), face, &points, &followed, &aside)
            }
            exact.append(points)
            tracked.append(followed)
        }
        return PoseReport(groups: exact + tracked + [aside])
    }

    private func clip(of person: Int, _ sweep: Sweep) -> ClipScript {
        let (duration, seed) = (Double(frames) / 30, UInt64(person))
        let act = Performance(scale: 500 / 7.25, center: .zero, duration: duration, seed: seed)
        var random = SplitMix64(seed: seed, index: 7)
        let position = Point(random.uniform(240, 400), random.uniform(190, 290))
        let part = ClipScript.Part(
            person: Person(seed: seed),
            pose: { time in
                let angles = sweep.angles(time / duration)
                let turn = Double.pi / 180
                var pose = Pose(
                    yaw: angles.yaw * turn, pitch: angles.pitch * turn, roll: angles.roll * turn, scale: 500 / 7.25,
                    position: position)
                pose.opticalCentre = Point(Double(Self.size.width) - 1, Double(Self.size.height) - 1) / 2
                return pose
            }, expression: { act.expression($0) })
        return ClipScript(frameCount: frames, parts: [part], seed: seed)
    }

    private func judge(
        _ script: ClipScript, _ face: AverageFace, _ exact: inout PoseErrors, _ tracked: inout PoseErrors,
        _ aside: inout PoseErrors
    ) throws(LandmarkdError) {
        let renderer = ClipRenderer(script, face: face)
        let tracker = MeasuredTracker(models.tracker())
        let solver = PoseSolver(Camera(width: Self.size.width, height: Self.size.height))
        for index in 0..<script.frameCount {
            let frame = renderer.render(index)
            guard let pose = script.parts[0].pose(frame.time), let points = frame.faces[0] else { continue }
            exact.add(solver.fit(points)?.pose, truth: pose.headPose)
            let found = try tracker.process(frame.frame).first?.measures?.pose
            if abs(pose.yaw) > Self.threeQuarters {
                aside.add(found, truth: pose.headPose)
            } else {
                tracked.add(found, truth: pose.headPose)
            }
        }
    }

    // MARK: Copies

    /// How poses of mirrored, shrunk and rolled copies of pictures agree with those of the pictures. `progress` receives the share done.
    package func copies(of faces: FaceSet, progress: (Double) -> Void) throws(LandmarkdError) -> PoseReport {
        let roll = 20 * Double.pi / 180
        var mirrored = PoseErrors("mirrored copies", key: "mirrored")
        var shrunk = PoseErrors("copies of 0.7 times the size", key: "scaled")
        var rolled = PoseErrors("copies rolled by 20°", key: "rolled")
        for index in 0..<faces.count {
            progress(Double(index) / Double(faces.count))
            guard let pose = try pose(faces, index) else { continue }
            let flipped = SIMD3(1.0, -1, -1)
            mirrored.add(
                try self.pose(faces, index, mirrored: true),
                truth: HeadPose(
                    translation: pose.translation * SIMD3(-1, 1, 1), rotation: pose.rotation * flipped))
            var far = pose
            far.translation.z /= 0.7
            shrunk.add(try self.pose(faces, index, scale: 0.7), truth: far)
            let turn = Rotation(angles: SIMD3(0, 0, roll))
            rolled.add(
                try self.pose(faces, index, roll: roll),
                truth: HeadPose(
                    translation: turn(pose.translation),
                    rotation: turn.after(Rotation(angles: pose.rotation)).angles))
        }
        return PoseReport(groups: [mirrored, shrunk, rolled])
    }

    /// The pose that the tracker finds in a copy of a picture: the face in the middle, 80 pixels between the eyes times `scale`.
    private func pose(
        _ faces: FaceSet, _ index: Int, mirrored: Bool = false, scale: Double = 1, roll: Double = 0
    ) throws(LandmarkdError) -> HeadPose? {
        let face = faces.faces[index]
        let unit = MovingStill.eyeDistance / face.scheme.referenceLength(of: face.points)
        let picture = StillPicture(faces.frame(of: index), shrunkBy: max(1, Int((1 / unit).rounded())))
        let middle = Point(Double(Self.size.width) - 1, Double(Self.size.height) - 1) / 2
        let map = SimilarityMap(scale: unit * scale, angle: roll, from: face.points.centroid, to: middle)
        let target = PixelBuffer(width: Self.size.width, height: Self.size.height)
        picture.draw(map, noise: ColorNoise(sigma: 0, SplitMix64(seed: 1)), into: target)
        let tracker = MeasuredTracker(models.tracker())
        var found: HeadPose?
        for number in 0..<4 {
            let frame = target.frame(
                fullRange: true, time: Double(number) / 30, orientation: Orientation(mirrored: mirrored))
            found = try tracker.process(frame).first?.measures?.pose
        }
        return found
    }
}
