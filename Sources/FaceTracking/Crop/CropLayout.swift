import Glibc

/// Where the network's crop lies around a face: upright, square, `area` times the face box.
///
/// A crop is described by a map from crop units to the picture: (0, 0) is the crop's upper left corner, (1, 1) its lower
/// right one, and pixel i of a crop of `side` pixels has its centre at (i + 0.5)/side. So one map serves every side, its
/// scale is the crop's side in the picture's pixels, and its inverse brings landmarks of the picture into the crop.
package struct CropLayout: Sendable, Equatable {
    /// Side of the crop squared, over the longer side of the face box squared.
    package var area = 1.5
    /// Height of the face box over that of the box around the landmarks, which end at the brows.
    package var forehead = 1.4

    package init(area: Double = 1.5, forehead: Double = 1.4) {
        precondition(area > 0 && forehead > 0, "crop of area \(area), forehead \(forehead)")
        (self.area, self.forehead) = (area, forehead)
    }

    /// How far a crop is laid from where it belongs.
    package struct Error: Sendable, Equatable {
        /// Radians, clockwise.
        package var turn = 0.0
        /// Natural logarithm of the factor on the side.
        package var scale = 0.0
        /// In sides of the crop, along the crop's own axes before `turn`.
        package var shift = Point.zero

        package init(turn: Double = 0, scale: Double = 0, shift: Point = .zero) {
            (self.turn, self.scale, self.shift) = (turn, scale, shift)
        }
    }

    /// The crop of the face with these landmarks (pixels of the picture), laid wrong by `error`.
    ///
    /// Landmarks that all coincide give a crop of one pixel, never an empty one.
    package func map(
        around points: [Point], scheme: LandmarkScheme, error: Error = Error()
    ) -> SimilarityMap {
        let roll = scheme.roll(of: points)
        let box = Box(around: SimilarityMap(scale: 1, angle: -roll)(points)).withForehead(forehead)
        let side = max(1, area.squareRoot() * max(box.width, box.height)) * exp(error.scale)
        let centre = SimilarityMap(scale: 1, angle: roll)(box.centre + error.shift * side)
        return SimilarityMap(scale: side, angle: roll + error.turn, from: Point(0.5, 0.5), to: centre)
    }
}
