import FaceTracking

/// Faces of a scene while it is made.
struct Scene {
    struct Face {
        /// Index in the set.
        let face: Int
        /// Crop units to units of the scene.
        let crop: SimilarityMap
        /// The face's picture fills the scene: there may be others in it that nobody annotated.
        let isFilling: Bool
        var isCovered = false
    }

    private(set) var placed: [Face] = []
    /// Width of black bars at two sides.
    var margin = 0.0
    var marginIsUpright = false

    mutating func add(_ face: Int, _ crop: SimilarityMap, isFilling: Bool) {
        placed.append(Face(face: face, crop: crop, isFilling: isFilling))
    }

    /// Whether a face with this crop, and what is around it in its picture, leaves the other faces to be seen.
    func hasRoom(for crop: SimilarityMap) -> Bool {
        let centre = crop(Point(0.5, 0.5))
        return placed.allSatisfy {
            ($0.crop(Point(0.5, 0.5)) - centre).length > 0.75 * crop.scale + 0.45 * $0.crop.scale
        }
    }

    /// Something round is in front of the scene: faces that it covers for the most part are not asked for.
    mutating func cover(_ centre: Point, reach: Double) {
        for index in placed.indices {
            let crop = placed[index].crop
            let distance = (crop(Point(0.5, 0.55)) - centre).length
            if distance + 0.15 * crop.scale < reach { placed[index].isCovered = true }
        }
    }

    /// Writes what the locator is to say.
    func ask(_ target: inout LocatorTarget, side: Int, smallest: Double) {
        target.clear()
        let toPixels = SimilarityMap(a: Double(side), b: 0, tx: -0.5, ty: -0.5)
        // Cells that ask nothing first: faces that are asked for have their own way.
        for face in placed {
            let crop = face.crop.then(toPixels)
            if !isAsked(face, smallest) { target.ignore(crop) }
            if face.isFilling { target.ignoreBeyond(crop, reach: 0.55) }
        }
        for face in placed where isAsked(face, smallest) { target.add(face.crop.then(toPixels)) }
    }

    private func isAsked(_ face: Face, _ smallest: Double) -> Bool {
        let centre = face.crop(Point(0.5, 0.5))
        let (low, high) = (0.01, 0.99)
        let across = marginIsUpright ? margin : 0
        let down = marginIsUpright ? 0 : margin
        let isInside =
            (low + across)...(high - across) ~= centre.x && (low + down)...(high - down) ~= centre.y
        // The crop is 1.71 times the height of a face that is higher than wide.
        return isInside && !face.isCovered && face.crop.scale >= 1.71 * smallest
    }
}

extension SimilarityMap {
    /// What this map lays somewhere in the unit square, flipped left to right.
    func mirrored(if isMirrored: Bool) -> SimilarityMap {
        guard isMirrored else { return self }
        let centre = self(Point(0.5, 0.5))
        return SimilarityMap(
            scale: scale, angle: -angle, from: Point(0.5, 0.5), to: Point(1 - centre.x, centre.y))
    }
}
