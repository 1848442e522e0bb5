import Base
import FaceTracking
import Glibc
import Measures
import Results

/// The packet of OpenSeeFace, which VSeeFace and its relatives read: 1785 bytes for each face, one face after the other.
///
/// Order and types are those of facetracker.py in commit dee5bb7 (after v1.9.0). What is not known is sent as at rest: the pupils in the
/// middle of their eyes with confidence 0, the error of the fit 0, and eight of the fourteen features 0.
struct OpenSeeFacePackets: PacketFormat {
    static let bytesPerFace = 1785
    /// OpenSeeFace sends nothing for more.
    private static let mostFaces = 39
    /// Its points are the 68 of 300-W without the outer corners of the mouth.
    static let sourcePoints = (0..<68).filter { $0 != 48 && $0 != 54 }
    private static let rightEye = 36...41
    private static let leftEye = 42...47
    private static let noseTip = 30
    /// Millimetres of its unit: its head is 0.6318 wide between the outer eye corners.
    private static let unit = MeanHead.outerEyeDistance / 0.63181
    /// The error of the fit where there is none.
    private static let noFit: Float = 99999

    private let focalLength: Double?
    private var slots = FaceSlots()
    private var rest = FaceRest()

    /// `focalLength` of the camera, in pixels, as the poses were measured with; nil for the usual one.
    init(focalLength: Double?) { self.focalLength = focalLength }

    mutating func packet(of result: StreamResult) -> [UInt8]? {
        let faces = result.result.faces.filter { $0.points.count == 68 }.prefix(Self.mostFaces)
        slots.keep(faces.map(\.id))
        rest.keep(Array(faces))
        var bytes = PacketBytes()
        for face in faces { append(face, of: result, to: &bytes) }
        return faces.isEmpty ? nil : bytes.bytes
    }

    private mutating func append(_ face: TrackedFace, of result: StreamResult, to bytes: inout PacketBytes) {
        let motion = rest.motion(of: face, time: result.result.time)
        let place = face.measures?.pose.map(HeadPlace.init)
        bytes.append(result.result.time)
        bytes.append(slots.slot(of: face.id))
        for number in [Double(result.width), Double(result.height), motion.rightEye, motion.leftEye] {
            bytes.append(Float(number))
        }
        bytes.append(UInt8(place == nil ? 0 : 1))
        bytes.append(place == nil ? Self.noFit : 0)
        for number in Self.pose(place) { bytes.append(Float(number)) }
        for confidence in Self.confidences(face) { bytes.append(Float(confidence)) }
        for point in Self.points(face) {
            bytes.append(Float(point.x))
            bytes.append(Float(point.y))
        }
        let camera = Camera(width: result.width, height: result.height, focalLength: focalLength)
        for point in Self.points(face, in: place, camera) {
            for number in [point.x, -point.y, -point.z] { bytes.append(Float(number)) }
        }
        for feature in Self.features(motion) { bytes.append(Float(feature)) }
    }

    private static func confidences(_ face: TrackedFace) -> [Double] {
        let known = face.pointConfidence.count == 68
        return sourcePoints.map { known ? face.pointConfidence[$0] : face.confidence ?? 1 } + [0, 0]
    }

    private static func points(_ face: TrackedFace) -> [Point] {
        let pupils = [rightEye, leftEye].map { eye in
            eye.reduce(Point.zero) { $0 + face.points[$1] } / Double(eye.count)
        }
        return sourcePoints.map { face.points[$0] } + pupils
    }

    /// Quaternion (x, y, z, w), angles in degrees, translation.
    ///
    /// OpenSeeFace solves for its head (x to the person's right, y up, z forward) in a camera of rows, columns and depth, starting at no
    /// distance, and so finds the head behind that camera: at rest the angles are (180, 0, 90), and the translation is negative. What
    /// reads its packets corrects for that. Its quaternion is that of the opposite rotation.
    static func pose(_ place: HeadPlace?) -> [Double] {
        guard let place else { return [Double](repeating: 0, count: 10) }
        let ours = place.rotation.rows
        let rows = (ours.1, ours.0, ours.2 * -1)
        let quaternion = Rotation(rows: rows).inverse.quaternion
        let angles = [
            atan2(rows.2.y, rows.2.z), atan2(-rows.2.x, hypot(rows.2.y, rows.2.z)), atan2(rows.1.x, rows.0.x),
        ]
        let nose = (place.translation + place.rotation(MeanHead.points[noseTip])) / unit
        return [quaternion.x, quaternion.y, quaternion.z, quaternion.w] + angles.map { $0 * 180 / .pi }
            + [-nose.y, -nose.x, -nose.z]
    }

    /// 66 landmarks, pupils and eyeballs in space, from the tip of the nose, in its axes and unit: each landmark as far from the camera as
    /// that point of the fitted mean head is.
    private static func points(_ face: TrackedFace, in place: HeadPlace?, _ camera: Camera) -> [SIMD3<Double>] {
        guard let place else { return [SIMD3<Double>](repeating: .zero, count: 70) }
        let back = place.rotation.inverse
        let inSpace = face.points.indices.map { index -> SIMD3<Double> in
            let depth = (place.translation + place.rotation(MeanHead.points[index])).z
            let ray = (face.points[index] - camera.centre) / camera.focalLength
            return back(SIMD3(ray.x, ray.y, 1) * depth - place.translation)
        }
        let eyes = [rightEye, leftEye].map { eye in
            let pupil = eye.reduce(SIMD3<Double>.zero) { $0 + inSpace[$1] } / Double(eye.count)
            let corners = (inSpace[eye.lowerBound], inSpace[eye.lowerBound + 3])
            // As OpenSeeFace has it: an eyeball's centre lies 0.385 of the eye's width behind its corners.
            let centre = (corners.0 + corners.1) / 2 + SIMD3(0, 0, 0.385 * (corners.0 - corners.1).norm)
            return (pupil, centre)
        }
        let all = sourcePoints.map { inSpace[$0] } + eyes.map(\.0) + eyes.map(\.1)
        // Its axes point the other way.
        return all.map { (MeanHead.points[noseTip] - $0) / unit }
    }

    /// In the order of facetracker.py: eyes left, right; brow steepness, height and quirk, left, then right; corners of the mouth up, out,
    /// left, then right; mouth open, wide.
    private static func features(_ motion: FaceRest.Motion) -> [Double] {
        [
            motion.leftEye - 1, motion.rightEye - 1, 0, motion.leftBrow, 0, 0, motion.rightBrow, 0, 0, 0, 0, 0,
            motion.mouthOpen, motion.mouthWide,
        ]
    }
}

/// Small numbers for faces, from 0: VSeeFace follows the face with number 0.
struct FaceSlots {
    private var taken: [Int: Int32] = [:]

    /// Frees the numbers of faces that are gone.
    mutating func keep(_ ids: [Int]) {
        let ids = Set(ids)
        taken = taken.filter { ids.contains($0.key) }
    }

    /// The lowest number that is free, kept while the face is followed.
    mutating func slot(of id: Int) -> Int32 {
        if let slot = taken[id] { return slot }
        let used = Set(taken.values)
        let slot = (0...Int32(used.count)).first { !used.contains($0) } ?? 0
        taken[id] = slot
        return slot
    }
}
