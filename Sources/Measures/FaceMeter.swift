import Base
import FaceTracking
import Glibc

/// Measures the faces of one recording or stream, frame after frame: pose, eyes, mouth. What it learns of a person lasts as long as
/// their track.
package struct FaceMeter: Sendable {
    /// Seconds after which a face that is gone is forgotten; its number never comes back after that.
    private static let memory = 2.0

    private let scheme: LandmarkScheme
    private let parts: FaceParts?
    private let focalLength: Double?
    private var people: [Int: Person] = [:]

    private struct Person {
        var seen: Double
        var fit: PoseSolver.Fit?
        var right = OpenEye()
        var left = OpenEye()
        var blinks = BlinkDetector()
    }

    /// `focalLength` of the camera in pixels; nil where nobody knows it.
    package init(_ scheme: LandmarkScheme, focalLength: Double? = nil) {
        (self.scheme, self.focalLength, parts) = (scheme, focalLength, FaceParts(scheme))
    }

    /// Forgets everybody.
    package mutating func reset() { people = [:] }

    /// The faces of the frame at `time` (seconds) with what is measured on them. The frame's size and the shape of its pixels are those
    /// of the picture as displayed; all is measured in true proportions.
    package mutating func measure(
        _ faces: [TrackedFace], time: Double, width: Int, height: Int, pixels: PixelShape = PixelShape()
    ) -> [TrackedFace] {
        people = people.filter { 0...Self.memory ~= time - $0.value.seen }
        let size = pixels.squareSize(width: width, height: height)
        let solver = PoseSolver(Camera(width: size.width, height: size.height, focalLength: focalLength))
        return faces.map { face in
            var face = face
            var person = people[face.id] ?? Person(seen: time)
            face.measures = measures(face.points.map { pixels.squareFromPixels($0) }, of: face, &person, solver, time)
            person.seen = time
            people[face.id] = person
            return face
        }
    }

    private func measures(
        _ points: [Point], of face: TrackedFace, _ person: inout Person, _ solver: PoseSolver, _ time: Double
    ) -> FaceMeasures {
        var measures = FaceMeasures()
        guard points.count == scheme.count, points.allSatisfy({ abs($0.x) < 1e6 && abs($0.y) < 1e6 }) else {
            return measures
        }
        if scheme == .ibug68 {
            person.fit = solver.fit(points, confidence: face.pointConfidence, from: person.fit)
            measures.pose = person.fit?.pose
        }
        guard let parts else { return measures }
        measures.eyes = eyes(parts, points, yaw: measures.pose?.yaw ?? 0, &person, time)
        measures.mouth = parts.mouth(points)
        return measures
    }

    private func eyes(_ parts: FaceParts, _ points: [Point], yaw: Double, _ person: inout Person, _ time: Double)
        -> EyeMeasures
    {
        let (right, left) = (parts.rightEye.width(of: points), parts.leftEye.width(of: points))
        let shares = Self.shares(yaw: yaw)
        let open = person.right.open.flatMap { right in
            person.left.open.map { shares.right * right + shares.left * $0 }
        }
        let blink = person.blinks.add(time: time, right: right, left: left, shares: shares, open: open)
        let step = max(0, min(time - person.seen, BlinkDetector.longestGap))
        if !person.blinks.isBlinking {
            person.right.add(right, step: step)
            person.left.add(left, step: step)
        }
        if let lowest = person.blinks.lowest, blink != nil {
            person.right.addBlink(lowest.right)
            person.left.addBlink(lowest.left)
        }
        return EyeMeasures(
            right: EyeOpening(ratio: right, relative: person.right.relative(right)),
            left: EyeOpening(ratio: left, relative: person.left.relative(left)),
            isBlinking: person.blinks.isBlinking, blinks: blink.map { [$0] } ?? [])
    }

    /// How much each eye is to be believed: of a head that is turned aside, the far one is hardly seen.
    private static func shares(yaw: Double) -> (right: Double, left: Double) {
        // Positive yaw: the head turns to its right, and its left eye is the near one.
        let far = max(0, min(1, (45 - abs(yaw)) / 25))
        let (near, other) = (1 / (1 + far), far / (1 + far))
        return yaw > 0 ? (other, near) : (near, other)
    }
}

/// Where eyes, mouth and brows are among the landmarks of a scheme.
package struct FaceParts: Sendable {
    package let rightEye: FaceOpening
    package let leftEye: FaceOpening
    private let lips: FaceOpening
    private let rightBrow: [Int]
    private let leftBrow: [Int]

    /// Nil where the scheme does not define them.
    package init?(_ scheme: LandmarkScheme) {
        let openings = scheme.openings
        let eyes = openings.filter { $0.part == .eyes }
        guard eyes.count == 2, let lips = openings.first(where: { $0.part == .mouth }), let brows = scheme.brows else {
            return nil
        }
        (rightEye, leftEye, self.lips) = (eyes[0], eyes[1], lips)
        (rightBrow, leftBrow) = brows
    }

    /// Nil where the corners of the eyes coincide.
    func mouth(_ points: [Point]) -> MouthMeasures? {
        let unit = (points[leftEye.corners.right] - points[rightEye.corners.left]).length
        guard unit > 0 else { return nil }
        return MouthMeasures(
            opening: lips.width(of: points),
            width: (points[lips.corners.right] - points[lips.corners.left]).length / unit,
            rightBrow: height(rightBrow, over: rightEye, points) / unit,
            leftBrow: height(leftBrow, over: leftEye, points) / unit)
    }

    /// Mean distance of the brow's points from the line through the eye's corners, positive above it.
    private func height(_ brow: [Int], over eye: FaceOpening, _ points: [Point]) -> Double {
        let corner = points[eye.corners.left]
        let across = points[eye.corners.right] - corner
        guard across.length > 0 else { return 0 }
        let up = Point(across.y, -across.x) / across.length
        return brow.reduce(0) { sum, index in
            let place = points[index] - corner
            return sum + place.x * up.x + place.y * up.y
        } / Double(brow.count)
    }
}
