import Base
import FaceTracking
import Measures
import Rendering

/// How far poses are off, in degrees.
package struct PoseErrors: Sendable {
    /// What was judged, for readers, and its key in JSON.
    package let name: String
    package let key: String
    /// Errors without sign by pitch, yaw, roll.
    package private(set) var degrees: [SIMD3<Double>] = []
    /// Distance by which the head's place is off, in % of its distance from the camera.
    package private(set) var places: [Double] = []
    /// Frames or faces without a pose.
    package private(set) var missing = 0

    init(_ name: String, key: String) { (self.name, self.key) = (name, key) }

    /// Compares; `pose` is nil where none was found.
    mutating func add(_ pose: HeadPose?, truth: HeadPose) {
        guard let pose else {
            missing += 1
            return
        }
        let difference = pose.rotation - truth.rotation
        let turns = (difference / (2 * .pi)).rounded(.toNearestOrEven) * (2 * .pi)
        let error = (difference - turns) * (180 / .pi)
        degrees.append(SIMD3(abs(error.x), abs(error.y), abs(error.z)))
        places.append(100 * (pose.translation - truth.translation).norm / truth.translation.norm)
    }

    private var count: Double { Double(max(1, degrees.count)) }

    /// Mean error of pitch, yaw and roll; and over all three.
    package var means: SIMD3<Double> { degrees.reduce(.zero, +) / count }
    package var mean: Double { means.sum() / 3 }

    /// What 95 of 100 frames stay below with their worst angle.
    package var ninetyFifth: Double {
        let worst = degrees.map { $0.max() }.sorted()
        return worst.isEmpty ? 0 : worst[min(worst.count - 1, worst.count * 95 / 100)]
    }

    var json: JSON {
        [
            "judged": .string(key), "count": .integer(degrees.count), "missing": .integer(missing),
            "mean_degrees": .decimal(mean, 3), "pitch_degrees": .decimal(means.x, 3),
            "yaw_degrees": .decimal(means.y, 3), "roll_degrees": .decimal(means.z, 3),
            "p95_degrees": .decimal(ninetyFifth, 3),
            "place_percent": .decimal(places.reduce(0, +) / count, 3),
        ]
    }

    var cells: [String] {
        [
            name, "\(degrees.count)", "\(missing)", decimal(means.x, 2), decimal(means.y, 2), decimal(means.z, 2),
            decimal(mean, 2), decimal(ninetyFifth, 2), decimal(places.reduce(0, +) / count, 1) + " %",
        ]
    }
}

/// Poses judged, group by group.
package struct PoseReport: Sendable {
    package let groups: [PoseErrors]

    package init(groups: [PoseErrors]) { self.groups = groups }

    /// The list of `landmarkd evaluate --task pose --json`.
    package var json: JSON { .array(groups.map(\.json)) }

    /// A table for readers.
    package var text: String {
        let title = ["", "poses", "missing", "pitch", "yaw", "roll", "mean", "95 % below", "place"]
        return (["mean errors in degrees"] + aligned([title] + groups.map(\.cells))).joined(separator: "\n")
    }
}

extension Pose {
    /// The pose of the drawn head as it is measured: that of `MeanHead` in the camera's axes.
    package var headPose: HeadPose {
        let origin = cameraPlace(Self.axis)
        func column(_ direction: SIMD3<Double>) -> SIMD3<Double> { cameraPlace(Self.axis + direction) - origin }
        let (right, down, away) = (column(SIMD3(1, 0, 0)), column(SIMD3(0, 1, 0)), column(SIMD3(0, 0, -1)))
        let rotation = Rotation(
            rows: (SIMD3(right.x, down.x, away.x), SIMD3(right.y, down.y, away.y), SIMD3(right.z, down.z, away.z)))
        // The mean head's origin is the centroid of its landmarks; the drawing's is that of the outer eye corners' depth.
        let centre = cameraPlace(MeanHead.meshOrigin) * MeanHead.outerEyeDistance
        return HeadPose(translation: centre, rotation: rotation.angles)
    }
}
