import Base

/// Which part of one picture is laid over another, with soft edges.
package struct PasteMask: Sendable {
    package enum Corners: Int, Sendable, CaseIterable { case square, round, ellipse }

    /// From crop units of the crop that is covered to the picture that covers it …
    package var map: SimilarityMap
    /// … after the crop was flipped, where this is set.
    package var mirrored: Bool
    /// The box of the covering picture in which the mask lies.
    package var box: Box
    package var corners: Corners
    /// How much of the mask its soft edge is, 0…1.
    package var feather: Double

    package init(map: SimilarityMap, mirrored: Bool, box: Box, corners: Corners, feather: Double) {
        (self.map, self.mirrored, self.box) = (map, mirrored, box)
        (self.corners, self.feather) = (corners, feather)
    }

    /// Place in the box, −1…1 along both sides, of a place in the covered crop.
    func units(_ p: Point) -> Point {
        (map(mirrored ? Point(1 - p.x, p.y) : p) - box.centre) / (Point(box.width, box.height) / 2)
    }
}
