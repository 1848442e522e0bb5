import Rendering
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Measures

/// The head's pose from landmarks, against poses that are exactly known.
@Suite struct PoseSolverTests {
    let solver = PoseSolver(DrawnHeads.camera)

    @Test(arguments: [
        SIMD3(0.0, 0, 0), SIMD3(0, 60, 0), SIMD3(0, -60, 0), SIMD3(30, 0, 0), SIMD3(-30, 0, 0), SIMD3(0, 0, 45),
        SIMD3(20, -40, 30), SIMD3(-25, 50, -45), SIMD3(0, 0, 170),
    ])
    func exactLandmarksGiveTheExactPose(degrees: SIMD3<Double>) throws {
        let rotation = Rotation(angles: degrees * (.pi / 180))
        let place = SIMD3(120.0, -60, 700)
        let fit = try #require(solver.fit(DrawnHeads.points(rotation, at: place)))
        #expect(DrawnHeads.degrees(fit.rotation.angle(to: rotation)) < 0.01)
        #expect((fit.translation - place).norm < 0.1 && fit.residual < 0.01)
    }

    /// OpenFace's convention: x to the right, y down, z away; R = Rx · Ry · Rz.
    @Test func signsAreThoseOfOpenFace() throws {
        func pose(_ change: (inout [Point]) -> Void) throws -> HeadPose {
            var points = DrawnHeads.points(.identity, at: SIMD3(0, 0, 700))
            change(&points)
            return try #require(solver.fit(points)).pose
        }
        #expect(try pose { for i in 27...35 { $0[i].x -= 8 } }.yaw > 5, "nose to the left of the picture: positive")
        #expect(try pose { for i in 27...35 { $0[i].y += 8 } }.pitch > 5, "nose down: positive")
        let turn = SimilarityMap(scale: 1, angle: 0.2, from: DrawnHeads.camera.centre, to: DrawnHeads.camera.centre)
        #expect(abs(try pose { $0 = turn($0) }.rotation.z - 0.2) < 1e-3, "clockwise: positive")
        let shift = try pose { for i in $0.indices { $0[i] += Point(50, -30) } }.translation
        #expect(shift.x > 60 && shift.y < -35 && abs(shift.z - 700) < 20, "right is positive, up negative")
    }

    /// Half a pixel and one of noise, faces 70 pixels between the eyes: as the tracker errs, or worse.
    @Test(arguments: [(0.5, 0.8), (1.0, 1.6)])
    func noiseMovesThePoseLittle(sigma: Double, limit: Double) throws {
        var sum = 0.0
        for trial in 0..<60 {
            var random = SplitMix64(seed: UInt64(trial))
            let angles = SIMD3(random.uniform(-0.4, 0.4), random.uniform(-0.8, 0.8), random.uniform(-0.6, 0.6))
            let rotation = Rotation(angles: angles)
            let points = DrawnHeads.points(rotation, at: SIMD3(0, 0, 640))
            let fit = try #require(solver.fit(DrawnHeads.noisy(points, sigma, seed: UInt64(trial))))
            sum += DrawnHeads.degrees(fit.rotation.angle(to: rotation))
        }
        #expect(sum / 60 < limit, "mean error \(sum / 60)°")
    }

    /// A hand before the mouth: a third of the landmarks is far off.
    @Test func outliersDoNotTurnTheHead() throws {
        let rotation = Rotation(angles: SIMD3(0.1, -0.3, 0.15))
        var points = DrawnHeads.noisy(DrawnHeads.points(rotation, at: SIMD3(0, 0, 640)), 0.5, seed: 1)
        for index in Array(3...13) + Array(48..<68) { points[index] += Point(25, 40) }
        let fit = try #require(solver.fit(points))
        #expect(DrawnHeads.degrees(fit.rotation.angle(to: rotation)) < 2.5)
    }

    @Test func landmarksThatNobodyIsSureOfCountLess() throws {
        let rotation = Rotation(angles: SIMD3(0.1, -0.3, 0.15))
        var points = DrawnHeads.points(rotation, at: SIMD3(0, 0, 640))
        var confidence = [Double](repeating: 0.95, count: 68)
        for index in 27...35 { (points[index], confidence[index]) = (points[index] + Point(9, 0), 0.05) }
        let trusting = try #require(solver.fit(points)).rotation.angle(to: rotation)
        let warned = try #require(solver.fit(points, confidence: confidence)).rotation.angle(to: rotation)
        #expect(warned < 0.5 * trusting, "\(DrawnHeads.degrees(warned))° instead of \(DrawnHeads.degrees(trusting))°")
    }

    /// What was seen before makes the fit quicker, not different.
    @Test func thePoseBeforeChangesNothing() throws {
        let old = try #require(
            solver.fit(DrawnHeads.points(Rotation(angles: SIMD3(0.2, 0.5, 0)), at: SIMD3(0, 50, 900))))
        let points = DrawnHeads.noisy(
            DrawnHeads.points(Rotation(angles: SIMD3(-0.1, -0.4, 0.3)), at: SIMD3(80, 0, 500)), 0.5, seed: 4)
        let alone = try #require(solver.fit(points))
        let following = try #require(solver.fit(points, from: old))
        #expect(alone.rotation.angle(to: following.rotation) < 1e-4)
        #expect((alone.translation - following.translation).norm < 0.05)
    }

    @Test func aMirroredFaceHasTheMirroredPose() throws {
        let camera = DrawnHeads.camera
        let points = DrawnHeads.noisy(
            DrawnHeads.points(Rotation(angles: SIMD3(0.15, 0.4, -0.2)), at: SIMD3(90, 20, 600)), 1, seed: 9)
        let map = try #require(LandmarkScheme.ibug68.mirror)
        let mirrored = map.map { Point(2 * camera.centre.x - points[$0].x, points[$0].y) }
        let (one, other) = (try #require(solver.fit(points)).pose, try #require(solver.fit(mirrored)).pose)
        #expect(abs(one.pitch - other.pitch) < 0.01 && abs(one.yaw + other.yaw) < 0.01)
        #expect(abs(one.roll + other.roll) < 0.01 && abs(one.translation.x + other.translation.x) < 0.05)
    }

    @Test func aFocalLengthThatIsKnownGivesTheDistance() throws {
        let camera = Camera(width: 640, height: 480, focalLength: 900)
        let points = DrawnHeads.points(.identity, at: SIMD3(0, 0, 1200), camera)
        #expect(abs(try #require(PoseSolver(camera).fit(points)).translation.z - 1200) < 1)
        let rule = try #require(solver.fit(points)).translation.z
        #expect(abs(rule - 1200 * 500 / 900) < 15, "by the rule of 500 pixels: \(rule)")
        #expect(Camera(width: 1920, height: 1080).focalLength == (1500.0 + 1125) / 2, "OpenFace's rule")
    }

    @Test(arguments: [0.02, 0.05, 0.2])
    func tinyFacesHaveAPoseToo(scale: Double) throws {
        let rotation = Rotation(angles: SIMD3(0, 0.35, 0))
        let points = DrawnHeads.points(rotation, at: SIMD3(0, 0, 640 / scale))
        #expect(try DrawnHeads.degrees(#require(solver.fit(points)).rotation.angle(to: rotation)) < 0.1)
    }

    @Test func whatIsNoFaceHasNoPose() {
        let one = [Point](repeating: Point(100, 100), count: 68)
        #expect(solver.fit(one) == nil, "one place")
        let line = (0..<68).map { Point(Double($0) * 3, 200) }
        if let fit = solver.fit(line) { #expect(isFinite(fit), "a line: \(fit)") }
        #expect(solver.fit([Point](repeating: .zero, count: 5)) == nil, "too few")
        #expect(solver.fit((0..<68).map { _ in Point(.nan, 1) }) == nil, "no numbers")
        for seed in 0..<200 {
            var random = SplitMix64(seed: UInt64(seed))
            let points = (0..<68).map { _ in Point(random.uniform(0, 640), random.uniform(0, 480)) }
            if let fit = solver.fit(points) { #expect(isFinite(fit), "\(seed): \(fit)") }
        }
    }

    private func isFinite(_ fit: PoseSolver.Fit) -> Bool {
        let pose = fit.pose
        return [pose.pitch, pose.yaw, pose.roll, pose.translation.x, pose.translation.y, pose.translation.z]
            .allSatisfy(\.isFinite)
    }

    /// Other people than the mean, speaking and smiling: what differs between heads is the error that is left.
    @Test func otherPeopleErrByADegreeOrTwo() throws {
        let face = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        var errors: [Double] = []
        for seed in 1...30 {
            var random = SplitMix64(seed: UInt64(seed))
            var pose = Pose(
                yaw: random.uniform(-1, 1), pitch: random.uniform(-0.5, 0.5), roll: random.uniform(-0.78, 0.78),
                scale: 500 / 7.25, position: Point(random.uniform(200, 440), random.uniform(160, 320)))
            pose.opticalCentre = DrawnHeads.camera.centre
            let person = Person(seed: UInt64(seed))
            let expression = FaceExpression(
                mouth: random.uniform(0, 0.2), smile: random.uniform(0, 0.1), brows: random.uniform(-0.03, 0.05))
            let points = face.landmarks(of: person, pose, expression)
            let fit = try #require(solver.fit(points))
            errors.append(DrawnHeads.degrees(fit.rotation.angle(to: Rotation(drawn: pose))))
        }
        let mean = errors.reduce(0, +) / Double(errors.count)
        #expect(mean < 3, "mean \(mean)°, worst \(errors.max() ?? 0)°")
    }

    /// The constants are the shipped mesh.
    @Test func theMeanHeadIsThatOfTheAverageFace() throws {
        let face = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        let places = face.points.prefix(68).map { SIMD3($0.x, $0.y, -$0.z) * 89.5 }
        let centre = places.reduce(.zero, +) / 68
        for (place, point) in zip(places, MeanHead.points) { #expect((place - centre - point).norm < 0.15) }
    }
}
