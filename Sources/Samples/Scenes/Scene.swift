import Base

/// How the locator's training scenes are made. Lengths are in sides of the scene, angles in degrees.
package struct SceneRecipe: Sendable, Equatable {
    /// Share of the scenes without a face, and of those with one picture that covers most of the scene.
    package var emptyShare = 0.25
    package var fillShare = 0.3
    /// Share of the other scenes that have a second face, of these a third, and so on.
    package var moreShare = 0.35
    package var mostFaces = 4
    /// Height of the faces (landmarks, longer side), and the height below which a face is ignored.
    package var face = 0.044...1.15
    package var smallest = 0.05
    /// Share of the faces that are turned by anything up to `turn`, and deviation of the others.
    package var turnShare = 0.4
    package var turn = 45.0
    package var uprightTurn = 8.0
    /// Share of the scenes with patches of face-free pictures pasted in like faces, and how many.
    package var patchShare = 0.5
    package var mostPatches = 3
    /// Shares of backgrounds in which the locator has seen false faces; of flat ones; of blurred ones.
    package var hardShare = 0.5
    package var flatShare = 0.08
    package var blurredShare = 0.08
    /// Share of the scenes with black bars, as frames of other shapes have, and the widest.
    package var barShare = 0.3
    package var bar = 0.3
    package var mirrorShare = 0.5
    package var photometry = SceneRecipe.photometry

    package init() {}

    /// Milder than for crops: faces are small here.
    static let photometry: AugmentationRecipe.Photometry = {
        var photometry = AugmentationRecipe.Photometry()
        photometry.minifyShare = 0
        (photometry.occluderShare, photometry.occluderSize) = (0.3, 0.05...0.35)
        (photometry.blurShare, photometry.blur) = (0.2, 0.3...1.0)
        (photometry.streakShare, photometry.streak) = (0.06, 2...5)
        (photometry.noiseShare, photometry.noise) = (0.4, 0.008...0.06)
        (photometry.darkShare, photometry.darkNoise) = (0.08, 0.01...0.05)
        (photometry.compressionShare, photometry.quality) = (0.12, 30...80)
        return photometry
    }()
}

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

    /// Whether a face with this crop and its surroundings leaves the other faces visible.
    func hasRoom(for crop: SimilarityMap) -> Bool {
        let centre = crop(Point(0.5, 0.5))
        return placed.allSatisfy {
            ($0.crop(Point(0.5, 0.5)) - centre).length > 0.75 * crop.scale + 0.45 * $0.crop.scale
        }
    }

    /// Marks faces that are mostly covered by a round occluder: they are ignored.
    mutating func cover(_ centre: Point, reach: Double) {
        for index in placed.indices {
            let crop = placed[index].crop
            let distance = (crop(Point(0.5, 0.55)) - centre).length
            if distance + 0.15 * crop.scale < reach { placed[index].isCovered = true }
        }
    }

    /// Writes the expected output of the locator.
    func write(to target: inout LocatorTarget, side: Int, smallest: Double) {
        target.clear()
        let pixelsFromScene = SimilarityMap(a: Double(side), b: 0, tx: -0.5, ty: -0.5)
        // Ignored cells first, so that faces with a target overwrite them.
        for face in placed {
            let crop = face.crop.then(pixelsFromScene)
            if !isTarget(face, smallest) { target.ignore(crop) }
            if face.isFilling { target.ignoreBeyond(crop, reach: 0.55) }
        }
        for face in placed where isTarget(face, smallest) { target.add(face.crop.then(pixelsFromScene)) }
    }

    private func isTarget(_ face: Face, _ smallest: Double) -> Bool {
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
    /// The map into the unit square, flipped left to right.
    func mirrored(if isMirrored: Bool) -> SimilarityMap {
        guard isMirrored else { return self }
        let centre = self(Point(0.5, 0.5))
        return SimilarityMap(
            scale: scale, angle: -angle, from: Point(0.5, 0.5), to: Point(1 - centre.x, centre.y))
    }
}
