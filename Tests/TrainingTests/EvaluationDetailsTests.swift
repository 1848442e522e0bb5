import Base
import FaceTracking
import Foundation
import Rendering
import SampleSupport
import TestSupport
import Testing

@testable import Evaluation
@testable import Samples

/// What evaluation tells beside mean errors.
@Suite struct EvaluationDetailsTests {
    private static let scheme = LandmarkScheme.ibug68

    /// A face with level eyes 100 pixels wide at the outer corners; each eye is 30 wide and open by `opening` of that.
    private static func face(opening: Double) -> [Point] {
        var points = PaintedFaces.shape(2)
        for (start, left) in [(36, 100.0), (42, 170.0)] {
            points[start] = Point(left, 80)
            points[start + 3] = Point(left + 30, 80)
            for (upper, lower, x) in [(1, 5, 10.0), (2, 4, 20.0)] {
                points[start + upper] = Point(left + x, 80 - 15 * opening)
                points[start + lower] = Point(left + x, 80 + 15 * opening)
            }
        }
        return points
    }

    @Test func anEyesOpeningIsTheLidsDistanceOverItsWidth() {
        for eye in Self.scheme.openings.filter({ $0.part == .eyes }) {
            #expect(abs(eye.width(of: Self.face(opening: 0.25)) - 0.25) < 1e-12)
        }
        #expect(LandmarkScheme.wflw98.openings.count == 3 && LandmarkScheme.helen194.openings.isEmpty)
    }

    @Test func shutEyesThatAreReportedHalfOpenShowAsBias() throws {
        let faces = [(0.05, 0.2), (0.07, 0.1), (0.2, 0.15), (0.4, 0.35)].map {
            JudgedFace(truth: Self.face(opening: $0.0), found: Self.face(opening: $0.1))
        }
        let eyes = try #require(OpeningSummary(.eyes, of: faces, scheme: Self.scheme))
        #expect(eyes.shut.count == 4 && eyes.open.count == 2, "two eyes each")
        #expect(abs(eyes.shut.truth - 0.06) < 1e-9 && abs(eyes.shut.bias - 0.09) < 1e-9)
        #expect(abs(eyes.open.bias + 0.05) < 1e-9)
        // One of four pairs of faces is in the wrong order: 0.2 of a shut one, 0.15 of one that is not.
        #expect(try #require(eyes.areaUnderCurve) == 0.75)
        #expect(OpeningSummary.areaUnderCurve(below: [1], above: [1, 2]) == 0.75, "ties count half")
        #expect(OpeningSummary.areaUnderCurve(below: [], above: [1]) == nil)
    }

    /// Drawn heads know how far they are turned; people differ, and the head model is one for all.
    @Test(arguments: [-50.0, -30, -10, 0, 20, 40, 60]) func yawOfDrawnHeads(degrees: Double) throws {
        let average = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        let yaw = try #require(HeadYaw(Self.scheme))
        var sum = 0.0
        let people = 6
        for person in 0..<people {
            let pose = Pose(
                yaw: degrees * .pi / 180, pitch: 0.1 * Double(person - 3), roll: 0.2 * Double(person - 2), scale: 90,
                position: Point(160, 160))
            let part = ClipScript.Part(person: Person(seed: UInt64(person)), pose: { _ in pose })
            var script = ClipScript(frameCount: 1, parts: [part], seed: 1)
            (script.width, script.height) = (320, 320)
            let points = try #require(ClipRenderer(script, face: average).render(0).faces[0])
            sum += yaw(points) * 180 / .pi / Double(people)
        }
        #expect(abs(sum - degrees) < 5 + 0.15 * abs(degrees), "\(sum)")
    }

    @Test func facesAreSortedIntoClassesOfYaw() throws {
        let average = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        // The outer corners of its eyes are 100 pixels apart.
        let truth = average.points.prefix(68).map {
            Point($0.x, $0.y) * (100 / (average.points[45].x - average.points[36].x))
        }
        let faces = [0.02, 0.1].map { error in
            JudgedFace(truth: truth, found: truth.map { $0 + Point(100 * error, 0) })
        }
        let classes = YawClass.classes(of: faces, scheme: Self.scheme)
        #expect(classes.map(\.from) == [0, 15, 35] && classes.map(\.count) == [2, 0, 0])
        #expect(abs(classes[0].mean - 6) < 1e-9 && classes[0].failureRate == 50)
    }

    /// Landmark 40 is 3 pixels to the face's right and 1 down, whichever way the face leans.
    @Test func theMeanShiftIsInTheFacesOwnFrame() {
        let faces = [-0.7, 0, 0.4].map { angle in
            let lean = SimilarityMap(scale: 1, angle: angle)
            let truth = lean(Self.face(opening: 0.3))
            var found = truth
            found[40] += lean(Point(3, 1))
            return JudgedFace(truth: truth, found: found)
        }
        let details = EvaluationDetails(faces, scheme: Self.scheme)
        for (index, shift) in details.shift.shifts.enumerated() {
            #expect((shift - (index == 40 ? Point(3, 1) : .zero)).length < 1e-9, "\(index)")
        }
        #expect(details.shift.farthest(1) == [40] && details.mirrorDifference == nil)
        #expect(details.text.contains("farthest 40 +3.00 +1.00"))
    }

    @Test func aFavouriteSideIsToldFromWhatIsAnnotatedOtherwise() throws {
        let truth = Self.face(opening: 0.3)
        var (found, mirrored) = (truth, truth)
        // Both answers have 36 too high; only the first has 45 too far to the right.
        found[36].y -= 2
        mirrored[36].y -= 2
        found[45].x += 4
        let details = EvaluationDetails(
            [JudgedFace(truth: truth, found: found, mirrored: mirrored)], scheme: Self.scheme)
        let asymmetry = try #require(details.asymmetry)
        #expect((asymmetry.shifts[45] - Point(2, 0)).length < 1e-9 && asymmetry.shifts[36].length < 1e-9)
        #expect(abs(try #require(details.mirrorDifference) - 4.0 / 68) < 1e-9)
    }

    @Test func jsonTellsAllOfIt() throws {
        let truth = Self.face(opening: 0.05)
        let details = EvaluationDetails(
            [JudgedFace(truth: truth, found: truth, mirrored: truth)], scheme: Self.scheme)
        let parsed = try JSONSerialization.jsonObject(with: Data(details.json.text.utf8)) as? [String: Any]
        let json = try #require(parsed)
        #expect(
            Set(json.keys) == [
                "landmark_shift_percent", "openings", "yaw", "mirror_difference_percent", "asymmetry_percent",
            ])
        #expect((json["landmark_shift_percent"] as? [[Double]])?.count == 68)
        let eyes = (json["openings"] as? [String: Any])?["eyes"] as? [String: Any]
        #expect((eyes?["shut"] as? [String: Any])?["count"] as? Int == 2)
    }
}

/// The shipped model on drawn faces, whose landmarks are exact: none may lie to one side.
@Suite struct ShippedModelShiftTests {
    @Test func noLandmarkOfDrawnFacesIsShifted() throws {
        let average = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        let model = try CascadeModel(path: "\(packageFolder)/models/face68.safetensors")
        let faces = FaceSet(rendered: 60, average, seed: 11)
        var evaluator = Evaluator(model, passes: model.configuration.passes)
        evaluator.triesMirrored = true
        let judged = evaluator.errors(faces, from: .truth).map { error in
            JudgedFace(
                truth: faces.faces[error.face].points, found: error.points.last!, mirrored: error.mirrored?.last)
        }
        let details = EvaluationDetails(judged, scheme: faces.scheme)
        let asymmetry = try #require(details.asymmetry)
        for index in 0..<faces.scheme.count {
            // Where the jaw ends and where brows begin is drawn otherwise than it is annotated; eyes are not.
            let limit = 36..<48 ~= index ? 2.5 : 6.0
            #expect(details.shift.shifts[index].length < limit, "\(details.shift.text(index)) %")
            #expect(asymmetry.shifts[index].length < 1.5, "favourite side: \(asymmetry.text(index)) %")
        }
        print(details.text)
    }
}
