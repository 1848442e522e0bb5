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
