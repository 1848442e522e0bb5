import Base
import Glibc

/// Where the network's crop lies around a face: upright, square, `area` times the face box; or, for a scheme with a
/// template of where its points lie in the crop, the crop that fits the template best.
///
/// A crop is described by `frameFromCrop`, a map from crop units to the picture: (0, 0) is the crop's upper left corner, (1, 1) its lower
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

    /// How far a crop is off its place.
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

    /// The crop of the face with these landmarks (pixels of the picture), misplaced by `error`.
    ///
    /// Landmarks that all coincide give a crop of one pixel, never an empty one.
    package func frameFromCrop(
        around points: [Point], scheme: LandmarkScheme, error: Error = Error()
    ) -> SimilarityMap {
        let (roll, size, centre) =
            scheme.template.map { place(of: points, by: $0) } ?? place(of: points, roll: scheme.roll(of: points))
        let side = max(1, size) * exp(error.scale)
        let shift = SimilarityMap(scale: 1, angle: roll)(error.shift * side)
        return SimilarityMap(scale: side, angle: roll + error.turn, from: Point(0.5, 0.5), to: centre + shift)
    }

    private typealias Place = (roll: Double, side: Double, centre: Point)

    private func place(of points: [Point], roll: Double) -> Place {
        let box = Box(around: SimilarityMap(scale: 1, angle: -roll)(points)).withForehead(forehead)
        let centre = SimilarityMap(scale: 1, angle: roll)(box.centre)
        return (roll, area.squareRoot() * max(box.width, box.height), centre)
    }

    private func place(of points: [Point], by template: [Point]) -> Place {
        let frameFromTemplate = SimilarityMap.fit(from: template, to: points)
        return (frameFromTemplate.angle, frameFromTemplate.scale, frameFromTemplate(Point(0.5, 0.5)))
    }
}
