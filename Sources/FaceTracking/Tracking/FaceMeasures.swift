import Base

/// What is measured on a face's landmarks in one frame. A part that cannot be computed from the landmarks is nil.
package struct FaceMeasures: Sendable, Equatable {
    package var pose: HeadPose?
    package var eyes: EyeMeasures?
    package var mouth: MouthMeasures?

    package init(pose: HeadPose? = nil, eyes: EyeMeasures? = nil, mouth: MouthMeasures? = nil) {
        (self.pose, self.eyes, self.mouth) = (pose, eyes, mouth)
    }
}

/// Where a head is and how it is turned, in the camera's coordinates: x to the right of the picture, y down, z away from the camera.
/// Axes, units and signs are OpenFace's.
package struct HeadPose: Sendable, Equatable {
    /// Place of the centre of the head's landmarks, in millimetres from the camera.
    package var translation: SIMD3<Double>
    /// Radians about x, y and z, where the rotation matrix is Rx · Ry · Rz. Positive x: the face looks down; positive y: it turns to
    /// the left of the picture, its own right; positive z: it leans clockwise in the picture.
    package var rotation: SIMD3<Double>

    package init(translation: SIMD3<Double>, rotation: SIMD3<Double>) {
        (self.translation, self.rotation) = (translation, rotation)
    }

    /// Degrees, with the signs of `rotation`.
    package var pitch: Double { rotation.x * 180 / .pi }
    package var yaw: Double { rotation.y * 180 / .pi }
    package var roll: Double { rotation.z * 180 / .pi }
}

/// How far the eyes are open. Right and left are the person's: their right eye is left in the picture.
package struct EyeMeasures: Sendable, Equatable {
    package var right: EyeOpening
    package var left: EyeOpening
    /// Lids are down in a blink, as far as is known by this frame.
    package var isBlinking: Bool
    /// Blinks that are known to be over by this frame.
    package var blinks: [Blink]

    package init(right: EyeOpening, left: EyeOpening, isBlinking: Bool = false, blinks: [Blink] = []) {
        (self.right, self.left, self.isBlinking, self.blinks) = (right, left, isBlinking, blinks)
    }
}

package struct EyeOpening: Sendable, Equatable {
    /// Mean distance of the lids over the width of the eye.
    package var ratio: Double
    /// 0: as shut as in this person's blinks; 1: as open as their eyes usually are. Nil before that is known.
    package var relative: Double?

    package init(ratio: Double, relative: Double? = nil) { (self.ratio, self.relative) = (ratio, relative) }
}

/// One blink. Times are those of frames, in the clock of the frames' own times.
package struct Blink: Sendable, Equatable {
    /// Last frame before the lids went down.
    package var start: Double
    /// Frame in which the eyes were most shut.
    package var peak: Double
    /// First frame in which the lids were up again.
    package var end: Double
    /// By which part of their opening before it the eyes shut, 0…1.
    package var depth: Double

    package init(start: Double, peak: Double, end: Double, depth: Double) {
        (self.start, self.peak, self.end, self.depth) = (start, peak, end, depth)
    }
}

/// Mouth and brows. Lengths are in distances of the outer eye corners of the same frame.
package struct MouthMeasures: Sendable, Equatable {
    /// Mean distance of the inner lips over the width of the mouth.
    package var opening: Double
    /// Distance of the corners of the mouth.
    package var width: Double
    /// Mean distance of the brow from the line through the corners of its eye: the person's right, their left.
    package var rightBrow: Double
    package var leftBrow: Double

    package init(opening: Double, width: Double, rightBrow: Double, leftBrow: Double) {
        (self.opening, self.width, self.rightBrow, self.leftBrow) = (opening, width, rightBrow, leftBrow)
    }
}

extension [TrackedFace] {
    /// Brings times in measures to another clock: `seconds` are added.
    package mutating func shiftTimes(by seconds: Double) {
        for index in indices {
            guard let blinks = self[index].measures?.eyes?.blinks, !blinks.isEmpty else { continue }
            self[index].measures?.eyes?.blinks = blinks.map {
                Blink(start: $0.start + seconds, peak: $0.peak + seconds, end: $0.end + seconds, depth: $0.depth)
            }
        }
    }
}
