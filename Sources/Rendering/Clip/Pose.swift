import Base
import Glibc

/// Where a head is and how it is turned.
package struct Pose: Sendable, Equatable {
    /// Turn to the viewer's right, in radians.
    package var yaw: Double
    /// Nod downwards, in radians.
    package var pitch: Double
    /// Lean clockwise in the picture, in radians.
    package var roll: Double
    /// Pixels to the distance of the outer eye corners of a face that looks at the viewer.
    package var scale: Double
    /// Pixel at which the head's axis of rotation shows, between the eyes and the mouth of an upright face.
    package var position: Point
    /// Pixel at which the camera's optical axis meets the picture; nil: at `position`, as of a camera that looks straight at the head.
    package var opticalCentre: Point?

    package init(yaw: Double = 0, pitch: Double = 0, roll: Double = 0, scale: Double, position: Point) {
        (self.yaw, self.pitch, self.roll, self.scale, self.position) = (yaw, pitch, roll, scale, position)
    }

    /// The axis of rotation in the head, behind the bridge of the nose.
    package static let axis = SIMD3<Double>(0, 0.05, -0.75)
    /// Distance of the camera, in the distance of the outer eye corners: about 0.7 m.
    package static let distance = 8.0

    /// Focal length of the camera in pixels.
    package var focalLength: Double { scale * (Self.distance + Self.axis.z) }

    /// Turned, but not yet seen by a camera: relative to the axis.
    func turned(_ point: SIMD3<Double>) -> SIMD3<Double> {
        let p = point - Self.axis
        let (x, z) = (p.x * cos(yaw) + p.z * sin(yaw), p.z * cos(yaw) - p.x * sin(yaw))
        let (y, depth) = (p.y * cos(pitch) + z * sin(pitch), z * cos(pitch) - p.y * sin(pitch))
        return SIMD3(x * cos(roll) - y * sin(roll), x * sin(roll) + y * cos(roll), depth)
    }

    /// A point of the head in the camera's coordinates: x to the right, y down, z away, in distances of the outer eye corners.
    package func cameraPlace(_ point: SIMD3<Double>) -> SIMD3<Double> {
        let p = turned(point)
        let aside = (position - (opticalCentre ?? position)) * (Self.distance / focalLength)
        return SIMD3(p.x + aside.x, p.y + aside.y, Self.distance - p.z)
    }

    /// The pixel at which a point of the head shows.
    func project(_ point: SIMD3<Double>) -> Point {
        let place = cameraPlace(point)
        return (opticalCentre ?? position) + Point(place.x, place.y) * (focalLength / place.z)
    }
}

/// What a face does, as lengths in units of the outer-eye distance that add to its rest.
package struct FaceExpression: Sendable, Equatable {
    /// Opening between the lips, 0…0.35.
    package var mouth: Double
    /// Widening of the mouth, −0.1…0.15.
    package var smile: Double
    /// Raising of the brows, −0.04…0.06.
    package var brows: Double
    /// Closing of the lids: 0 open, 1 shut.
    package var blink: Double

    package init(mouth: Double = 0, smile: Double = 0, brows: Double = 0, blink: Double = 0) {
        (self.mouth, self.smile, self.brows, self.blink) = (mouth, smile, brows, blink)
    }
}
