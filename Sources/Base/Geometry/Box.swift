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
