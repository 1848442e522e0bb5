import Glibc

/// What a cell of the locator says, or is to say, about the face whose crop has its centre there.
package struct FaceCell: Sendable, Equatable {
    /// Centre of the crop less the cell's, in cells.
    package var shift: Point
    /// Natural logarithm of the crop's side over `LocatorConfiguration.unitSide` pixels.
    package var size: Double
    /// Cosine and sine of the crop's roll; of any length above 0.
    package var roll: Point

    package init(shift: Point, size: Double, roll: Point) {
        (self.shift, self.size, self.roll) = (shift, size, roll)
    }

    /// The cell in this column and row, for a crop laid on the shrunk frame (crop units to pixels, whose centres lie at integers).
    package init(_ crop: SimilarityMap, column: Int, row: Int) {
        shift = (crop(Point(0.5, 0.5)) + 0.5) / Self.side - Point(Double(column) + 0.5, Double(row) + 0.5)
        size = log(crop.scale / LocatorConfiguration.unitSide)
        roll = Point(cos(crop.angle), sin(crop.angle))
    }

    /// The crop on the shrunk frame.
    package func crop(column: Int, row: Int) -> SimilarityMap {
        let centre = (Point(Double(column) + 0.5, Double(row) + 0.5) + shift) * Self.side - 0.5
        let side = LocatorConfiguration.unitSide * exp(min(max(size, -3), 4))
        return SimilarityMap(scale: side, angle: atan2(roll.y, roll.x), from: Point(0.5, 0.5), to: centre)
    }

    private static let side = Double(LocatorConfiguration.cell)
}
