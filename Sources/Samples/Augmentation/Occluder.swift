import Base
import Glibc

/// Something convex in front of the face: an ellipse or a polygon, in crop units.
package struct Occluder: Sendable {
    package var centre: Point
    /// Half axes of the ellipse.
    package var half: Point
    /// Radians, clockwise.
    package var angle: Double
    /// Sides of a polygon: inside where normal · (p − centre) ≤ reach for each, at most 8. None: the ellipse.
    package var edges: [(normal: Point, reach: Double)] = []
    /// Y, Cb, Cr in −1…1, and the amplitude of the noise in Y.
    package var color: (Double, Double, Double)
    package var grain: Double
    package var seed: UInt64

    /// A random one whose sides are `sizes` long: half of them ellipses, half polygons of 3 to 6 edges.
    package init(sizes: ClosedRange<Double>, random: inout SplitMix64) {
        half =
            Point(
                random.uniform(sizes.lowerBound, sizes.upperBound), random.uniform(sizes.lowerBound, sizes.upperBound))
            / 2
        centre = Point(random.uniform(), random.uniform())
        angle = random.uniform(0, .pi)
        color = (random.uniform(-1, 1), random.uniform(-0.22, 0.22), random.uniform(-0.22, 0.22))
        grain = random.uniform(0, 0.16)
        seed = random.next()
        guard random.chance(0.5) else { return }
        edges = Self.polygon(corners: 3 + Int(random.uniform() * 4), half: half, angle: angle)
    }

    /// A regular polygon stretched to the half axes and turned: four corners make a rectangle.
    static func polygon(corners: Int, half: Point, angle: Double) -> [(normal: Point, reach: Double)] {
        (0..<corners).map { k in
            let direction = 2 * .pi * Double(k) / Double(corners)
            let stretched = Point(cos(direction) / half.x, sin(direction) / half.y)
            let length = stretched.length
            let unit = stretched / length
            let turned = Point(unit.x * cos(angle) - unit.y * sin(angle), unit.x * sin(angle) + unit.y * cos(angle))
            return (turned, 1 / length)
        }
    }
}

/// The part of a picture that is pasted over another one, with soft edges.
package struct PasteMask: Sendable {
    package enum Corners: Int, Sendable, CaseIterable { case square, round, ellipse }

    /// From crop units of the crop that is covered to the picture that covers it …
    package var pictureFromCrop: SimilarityMap
    /// … after the crop was flipped, where this is set.
    package var mirrored: Bool
    /// The box of the covering picture in which the mask lies.
    package var box: Box
    package var corners: Corners
    /// How much of the mask its soft edge is, 0…1.
    package var feather: Double

    package init(pictureFromCrop: SimilarityMap, mirrored: Bool, box: Box, corners: Corners, feather: Double) {
        (self.pictureFromCrop, self.mirrored, self.box) = (pictureFromCrop, mirrored, box)
        (self.corners, self.feather) = (corners, feather)
    }

    /// Place in the box, −1…1 along both sides, of a place in the covered crop.
    func maskPlace(of p: Point) -> Point {
        (pictureFromCrop(mirrored ? Point(1 - p.x, p.y) : p) - box.centre) / (Point(box.width, box.height) / 2)
    }
}
