import Base
import Glibc

/// A crop that may hold a face, and how sure the locator is of it.
package struct LocatedFace: Sendable, Equatable {
    /// From crop units to the picture.
    package var crop: SimilarityMap
    /// 0…1.
    package var presence: Double

    package init(crop: SimilarityMap, presence: Double) { (self.crop, self.presence) = (crop, presence) }

    /// Centre and size too near to those of `other` for two faces.
    package func isSame(as other: LocatedFace) -> Bool {
        let distance = (crop(Point(0.5, 0.5)) - other.crop(Point(0.5, 0.5))).length
        let (smaller, larger) = (min(crop.scale, other.crop.scale), max(crop.scale, other.crop.scale))
        return distance < 0.35 * smaller || (distance < 0.5 * larger && larger > 1.6 * smaller)
    }
}

extension [LocatedFace] {
    /// The surest, without those that mean the same face as a surer one; at most `limit`, best first.
    package func withoutDuplicates(limit: Int) -> [LocatedFace] {
        var kept: [LocatedFace] = []
        // Equally sure ones stay in their order, so that the result is the same on every run.
        let order = indices.sorted { (-self[$0].presence, $0) < (-self[$1].presence, $1) }
        for index in order where kept.count < limit {
            let face = self[index]
            if kept.allSatisfy({ !$0.isSame(as: face) }) { kept.append(face) }
        }
        return kept
    }
}

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
