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
