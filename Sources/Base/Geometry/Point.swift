/// A place in a picture as displayed (pixels, an integer is the centre of a pixel) or in a crop (units, 0…1).
package typealias Point = SIMD2<Double>

extension SIMD2<Double> {
    package var length: Double { (x * x + y * y).squareRoot() }
}

extension Sequence<Point> {
    /// Centre of gravity; of no points, the origin.
    package var centroid: Point {
        var sum = Point.zero
        var count = 0.0
        for point in self {
            sum += point
            count += 1
        }
        return count > 0 ? sum / count : .zero
    }
}

extension [Point] {
    /// Mean distance of the points from as many others, each from the one of its index.
    package func meanDistance(from others: [Point]) -> Double {
        zip(self, others).reduce(0) { $0 + ($1.0 - $1.1).length } / Double(count)
    }
}

/// An upright rectangle, by two corners.
package struct Box: Sendable, Equatable {
    package var low: Point
    package var high: Point

    package init(low: Point, high: Point) { (self.low, self.high) = (low, high) }

    /// The smallest box that holds all points, of which there is at least one.
    package init(around points: some Sequence<Point>) {
        var low = Point(repeating: .infinity)
        var high = Point(repeating: -.infinity)
        for point in points {
            low = pointwiseMin(low, point)
            high = pointwiseMax(high, point)
        }
        precondition(low.x <= high.x && low.y <= high.y, "a box needs at least one point with finite coordinates")
        self.init(low: low, high: high)
    }

    package var width: Double { high.x - low.x }
    package var height: Double { high.y - low.y }
    package var centre: Point { (low + high) / 2 }

    /// The box made `factor` times as high by moving its upper edge: landmarks end at the brows, heads do not.
    package func withForehead(_ factor: Double) -> Box {
        Box(low: Point(low.x, high.y - height * factor), high: high)
    }
}
