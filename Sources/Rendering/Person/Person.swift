import Base
import Glibc

/// Parameters that distinguish drawn figures. All are mixtures of means and small parts of modes, not real people.
package struct Person: Sendable, Equatable {
    package enum Hair: Sendable, CaseIterable {
        case short
        case long
    }

    /// Y, Cb, Cr, 0…255.
    package typealias Paint = SIMD3<Double>

    /// Parts of the average face's shape modes, in standard deviations; missing ones count as 0.
    package var shape: [Double] = []
    /// Parts of its texture modes.
    package var texture: [Double] = []
    package var hair = Hair.short
    package var hairPaint = Paint(48, 121, 137)
    package var clothPaint = Paint(92, 146, 108)
    /// Seed of strands and folds.
    package var seed: UInt64 = 1

    /// The mean of all.
    package static let average = Person()

    package init() {}

    /// A different person for each seed, within one standard deviation of the mean in every mode.
    package init(seed: UInt64) {
        var random = SplitMix64(seed: seed, index: 17)
        func part() -> Double { min(1, max(-1, 0.7 * random.normal())) }
        shape = (0..<6).map { _ in part() }
        texture = (0..<4).map { _ in part() }
        hair = random.chance(0.5) ? .short : .long
        hairPaint = Self.hairPaints.randomElement(using: &random)!
        clothPaint = Self.clothPaints.randomElement(using: &random)!
        self.seed = seed
    }

    private static let hairPaints = [
        Paint(34, 126, 130), Paint(48, 121, 137), Paint(66, 116, 141), Paint(104, 108, 142), Paint(120, 126, 130),
    ]
    private static let clothPaints = [
        Paint(92, 146, 108), Paint(70, 120, 150), Paint(150, 122, 126), Paint(60, 132, 124), Paint(110, 112, 118),
        Paint(84, 152, 122),
    ]
}

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

    package init(yaw: Double = 0, pitch: Double = 0, roll: Double = 0, scale: Double, position: Point) {
        (self.yaw, self.pitch, self.roll, self.scale, self.position) = (yaw, pitch, roll, scale, position)
    }

    /// The axis of rotation in the head, behind the bridge of the nose.
    static let axis = SIMD3<Double>(0, 0.05, -0.75)
    /// Distance of the camera, in the distance of the outer eye corners: about 0.7 m.
    static let distance = 8.0

    /// Turned, but not yet seen by a camera: relative to the axis.
    func turned(_ point: SIMD3<Double>) -> SIMD3<Double> {
        let p = point - Self.axis
        let (x, z) = (p.x * cos(yaw) + p.z * sin(yaw), p.z * cos(yaw) - p.x * sin(yaw))
        let (y, depth) = (p.y * cos(pitch) + z * sin(pitch), z * cos(pitch) - p.y * sin(pitch))
        return SIMD3(x * cos(roll) - y * sin(roll), x * sin(roll) + y * cos(roll), depth)
    }

    /// The pixel at which a point of the head shows.
    func project(_ point: SIMD3<Double>) -> Point {
        let p = turned(point)
        let near = (Self.distance + Self.axis.z) / (Self.distance - p.z)
        return position + Point(p.x, p.y) * (scale * near)
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
