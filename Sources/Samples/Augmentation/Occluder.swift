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
