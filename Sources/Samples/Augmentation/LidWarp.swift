import Base
import FaceTracking
import Glibc

/// Shuts an open eye in a picture: the skin above slides down over the eye, most of the way, and the skin below a little up.
///
/// The lids' landmarks move with their edges. Works in the eye's coordinates: s from corner to corner, 0…1, t down, in widths of the eye.
package struct LidWarp {
    /// The upper lid's share of the closing motion.
    private static let upperShare = 0.85
    /// Share of an open eye's opening that the lashes of a shut one still leave.
    private static let rest = 0.06
    /// How far above and below the lids skin moves.
    private static let above = 0.35
    private static let below = 0.25

    private let eye: FaceOpening
    private let closing: Double
    private let pictureFromEye: SimilarityMap
    private let eyeFromPicture: SimilarityMap
    /// Places of the corners and the lids along s, and their heights.
    private let upper: [Point]
    private let lower: [Point]

    /// Nil where the eye is already shut, or so turned that its lids do not lie side by side.
    ///
    /// - Parameters:
    ///   - points: pixels of the picture.
    ///   - closing: 0: as it is, 1: shut.
    package init?(_ eye: FaceOpening, of points: [Point], closing: Double) {
        let (left, right) = (points[eye.corners.left], points[eye.corners.right])
        let across = right - left
        guard eye.part == .eyes, across.length > 4, eye.width(of: points) > 0.15 else { return nil }
        let pictureFromEye = SimilarityMap(
            scale: across.length, angle: atan2(across.y, across.x), from: .zero, to: left)
        let eyeFromPicture = pictureFromEye.inverse
        upper = [Point(0, 0)] + eye.lids.map { eyeFromPicture(points[$0.upper]) } + [Point(1, 0)]
        lower = [Point(0, 0)] + eye.lids.map { eyeFromPicture(points[$0.lower]) } + [Point(1, 0)]
        (self.eye, self.closing, self.pictureFromEye, self.eyeFromPicture) = (
            eye, closing * (1 - Self.rest), pictureFromEye, eyeFromPicture
        )
        for line in [upper, lower] {
            for (one, next) in zip(line, line.dropFirst()) where next.x < one.x + 0.08 { return nil }
        }
        for (up, down) in zip(upper, lower).dropFirst().dropLast() where down.y < up.y + 0.05 { return nil }
    }

    /// The landmarks with the lids shut.
    package func moved(_ points: [Point]) -> [Point] {
        var points = points
        for lid in eye.lids {
            let opening = points[lid.lower] - points[lid.upper]
            points[lid.upper] += closing * Self.upperShare * opening
            points[lid.lower] -= closing * (1 - Self.upperShare) * opening
        }
        return points
    }

    /// Pixels that change lie in this box.
    var box: Box {
        let reach = 1.0 + Self.above
        return Box(
            around: [Point(0, -reach), Point(1, -reach), Point(0, reach), Point(1, reach)].map { pictureFromEye($0) })
    }

    /// Where a pixel of the new picture is taken from; itself where nothing moves.
    package func source(of pixel: Point) -> Point {
        let p = eyeFromPicture(pixel)
        guard p.x > 0, p.x < 1 else { return pixel }
        let (high, low) = (Self.height(upper, at: p.x), Self.height(lower, at: p.x))
        guard low > high else { return pixel }
        let shutHigh = high + closing * Self.upperShare * (low - high)
        let shutLow = low - closing * (1 - Self.upperShare) * (low - high)
        let (top, bottom) = (high - Self.above, low + Self.below)
        let t: Double
        if p.y <= top || p.y >= bottom || (shutHigh...shutLow).contains(p.y) {
            return pixel
        } else if p.y < shutHigh {
            t = top + (p.y - top) * (high - top) / (shutHigh - top)
        } else {
            t = bottom - (bottom - p.y) * (bottom - low) / (bottom - shutLow)
        }
        return pictureFromEye(Point(p.x, t))
    }

    /// The polynomial through the corners and the lids. Source: Lagrange's formula.
    private static func height(_ line: [Point], at s: Double) -> Double {
        var sum = 0.0
        for (i, node) in line.enumerated() {
            var factor = node.y
            for (j, other) in line.enumerated() where j != i { factor *= (s - other.x) / (node.x - other.x) }
            sum += factor
        }
        return sum
    }
}

/// Shuts the eyes of the face in a crop, mostly both. `truth` is in crop units; returned with the lids shut.
func shutLids(
    _ crop: PlanarCrop, _ truth: [Point], _ scheme: LandmarkScheme, _ lids: AugmentationRecipe.Lids,
    _ random: inout SplitMix64
) -> [Point] {
    let closing = random.chance(lids.wholeShare) ? random.uniform(0.9, 1) : random.uniform(in: lids.partly)
    let isWink = random.chance(lids.winkShare)
    let eyes = scheme.openings.filter { $0.part == .eyes }
    let only = eyes.isEmpty ? 0 : Int(random.uniform() * Double(eyes.count))
    let side = Double(crop.side)
    // Pixel i has its centre at (i + 0.5)/side.
    var points = truth.map { $0 * side - 0.5 }
    for (index, eye) in eyes.enumerated() where !isWink || index == only {
        guard let warp = LidWarp(eye, of: points, closing: closing) else { continue }
        crop.warp(inside: warp.box) { warp.source(of: $0) }
        points = warp.moved(points)
    }
    return points.map { ($0 + 0.5) / side }
}
