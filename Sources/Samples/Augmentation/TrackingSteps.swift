import Base
import FaceTracking
import Glibc

// Steps of the tracking recipe: how wrong a crop is laid, and what the cascade starts from.

private let degree = Double.pi / 180

/// A crop laid by wrong landmarks of the previous frame: normal errors, a part of them wild.
package func cropJitter(_ laid: AugmentationRecipe.LaidCrops, _ random: inout SplitMix64) -> CropLayout.Error {
    let isWild = random.chance(laid.outlierShare)
    return normalError(
        turn: isWild ? laid.outlierTurn : laid.turn, scale: isWild ? laid.outlierScale : laid.scale,
        shift: isWild ? laid.outlierShift : laid.shift, &random)
}

/// Normal errors with these standard deviations (degrees, logarithm, crop sides).
package func normalError(
    turn: Double, scale: Double, shift: Double, _ random: inout SplitMix64
) -> CropLayout.Error {
    CropLayout.Error(
        turn: random.normal() * turn * degree, scale: random.normal() * scale,
        shift: Point(random.normal(), random.normal()) * shift)
}

/// A crop of a picture without faces.
package func negativeCrop(
    width: Int, height: Int, _ negatives: AugmentationRecipe.Negatives, _ random: inout SplitMix64
) -> SimilarityMap {
    let side = random.uniform(in: negatives.size) * Double(min(width, height))
    let centre = Point(random.uniform(0, Double(width)), random.uniform(0, Double(height)))
    let turn = random.uniform(-negatives.turn, negatives.turn) * degree
    return SimilarityMap(scale: max(1, side), angle: turn, from: Point(0.5, 0.5), to: centre)
}

/// A crop of a face's picture that a tracker must not take for the face: beside it, or so large or small that it shows something else.
///
/// `face` is the crop that the face itself lays.
package func crop(
    beside face: SimilarityMap, width: Int, height: Int, _ negatives: AugmentationRecipe.Negatives,
    _ random: inout SplitMix64
) -> SimilarityMap {
    let middle = face(Point(0.5, 0.5))
    let turn = face.angle + random.uniform(-negatives.besideTurn, negatives.besideTurn) * degree
    let side = face.scale * exp(random.uniform(log(0.3), log(1.2)))
    for _ in 0..<8 {
        let centre = Point(random.uniform(0, Double(width)), random.uniform(0, Double(height)))
        if (centre - middle).length > negatives.besideDistance * max(face.scale, side) {
            return SimilarityMap(scale: side, angle: turn, from: Point(0.5, 0.5), to: centre)
        }
    }
    let small = face.scale * random.uniform(0.15, 0.35)
    let place = Point(random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5)) * face.scale
    return SimilarityMap(scale: small, angle: turn, from: Point(0.5, 0.5), to: middle + place)
}

/// The truth (crop units) turned, scaled and shifted a little, and each point by itself.
package func disturbedPrior(
    _ truth: [Point], _ priors: AugmentationRecipe.Priors, _ random: inout SplitMix64
) -> [Point] {
    let centre = truth.centroid
    let shift = Point(random.normal(), random.normal()) * priors.shift
    let map = SimilarityMap(
        scale: normalScale(priors.scale, &random), angle: random.normal() * priors.turn * degree, from: centre,
        to: centre + shift)
    let noise = random.uniform(0, priors.pointNoise)
    return truth.map { map($0) + Point(random.normal(), random.normal()) * noise }
}

/// The truth (crop units) turned and shifted so far that it says little.
package func stronglyWrongPrior(
    _ truth: [Point], _ priors: AugmentationRecipe.Priors, _ random: inout SplitMix64
) -> [Point] {
    let centre = truth.centroid
    let limit = priors.strongShift
    let shift = Point(random.uniform(-limit, limit), random.uniform(-limit, limit))
    let turn = random.uniform(-priors.strongTurn, priors.strongTurn) * degree
    return SimilarityMap(
        scale: normalScale(priors.otherScale, &random), angle: turn, from: centre, to: centre + shift)(truth)
}

private func normalScale(_ deviation: Double, _ random: inout SplitMix64) -> Double {
    exp(random.normal() * deviation)
}
