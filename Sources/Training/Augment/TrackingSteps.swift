import Base
import FaceTracking
import Glibc

// Steps of the tracking recipe: how wrong a crop is laid, and what the cascade starts from.

private let degree = Double.pi / 180

/// A crop laid by wrong landmarks of the previous frame: normal errors, a part of them wild.
public func laidCropError(_ laid: AugmentationRecipe.LaidCrops, _ random: inout SplitMix64) -> CropLayout.Error {
    let isWild = random.chance(laid.wildShare)
    return normalError(
        turn: isWild ? laid.wildTurn : laid.turn, scale: isWild ? laid.wildScale : laid.scale,
        shift: isWild ? laid.wildShift : laid.shift, &random)
}

/// Normal errors with these standard deviations (degrees, logarithm, crop sides).
public func normalError(
    turn: Double, scale: Double, shift: Double, _ random: inout SplitMix64
) -> CropLayout.Error {
    CropLayout.Error(
        turn: random.normal() * turn * degree, scale: random.normal() * scale,
        shift: Point(random.normal(), random.normal()) * shift)
}

/// A crop of a picture without faces.
public func negativeCrop(
    width: Int, height: Int, _ negatives: AugmentationRecipe.Negatives, _ random: inout SplitMix64
) -> SimilarityMap {
    let side = random.uniform(in: negatives.size) * Double(min(width, height))
    let centre = Point(random.uniform(0, Double(width)), random.uniform(0, Double(height)))
    let turn = random.uniform(-negatives.turn, negatives.turn) * degree
    return SimilarityMap(scale: max(1, side), angle: turn, from: Point(0.5, 0.5), to: centre)
}

/// The truth (crop units) turned, scaled and shifted a little, and each point by itself.
public func disturbedPrior(
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
public func stronglyWrongPrior(
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
