import Base
import FaceTracking
import Glibc

// Steps of the tracking recipe: how far a crop is misplaced, and what the cascade starts from.

private let degree = Double.pi / 180

/// Error of a crop placed by the landmarks of the previous frame: normal, with a share of outliers.
package func cropJitter(_ jitter: AugmentationRecipe.CropJitter, _ random: inout SplitMix64) -> CropLayout.Error {
    let isOutlier = random.chance(jitter.outlierShare)
    return normalError(
        turn: isOutlier ? jitter.outlierTurn : jitter.turn, scale: isOutlier ? jitter.outlierScale : jitter.scale,
        shift: isOutlier ? jitter.outlierShift : jitter.shift, &random)
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

/// A negative crop from a face's picture: beside the face, or so large or small that it shows something else.
///
/// `face` is the face's own crop.
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

/// The truth (crop units), turned, scaled and shifted a little as a whole, with noise on each point.
package func disturbedPrior(
    _ truth: [Point], _ priors: AugmentationRecipe.Priors, _ random: inout SplitMix64
) -> [Point] {
    let centre = truth.centroid
    let shift = Point(random.normal(), random.normal()) * priors.shift
    let wrongFromTrue = SimilarityMap(
        scale: normalScale(priors.scale, &random), angle: random.normal() * priors.turn * degree, from: centre,
        to: centre + shift)
    let noise = random.uniform(0, priors.pointNoise)
    return truth.map { wrongFromTrue($0) + Point(random.normal(), random.normal()) * noise }
}

/// The truth (crop units), turned and shifted so far that it carries little information.
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

// Steps 0 to 5 of the published method, each a function; step 6 is the crop sampler's one resampling, step 7 the map's
// inverse on the points. Boxes are in the picture turned by step 0.

/// Step 0: turn of the picture about the face's centre, ±`limit` degrees, in radians.
package func drawnTurn(limit: Double, _ random: inout SplitMix64) -> Double {
    random.uniform(-limit, limit) * .pi / 180
}

/// Step 1: smallest box around all points of the turned face.
package func landmarkBox(_ points: [Point], turn: Double) -> Box {
    Box(around: SimilarityMap(scale: 1, angle: turn)(points))
}

/// Step 2: the box extended upwards for the forehead; the method's factor is 1.4.
package func faceBox(_ landmarkBox: Box, forehead: Double) -> Box { landmarkBox.withForehead(forehead) }

/// Step 3: sides of square crops, from the one that just holds the box to the one of `largestArea` times its area; where
/// the box is so narrow that this would be smaller, only the first.
package func cropSides(_ box: Box, largestArea: Double) -> ClosedRange<Double> {
    let smallest = max(1, box.width, box.height)
    return smallest...max(smallest, (largestArea * box.width * box.height).squareRoot())
}

/// Step 4: where the upper left corner of a crop of `side` may lie so that it holds the whole box. The method also keeps
/// inside the picture; here what lies outside is black.
package func cornerRegion(_ box: Box, side: Double) -> Box {
    Box(low: box.high - side, high: box.low)
}

/// Step 5: a corner in that region, uniformly.
package func drawnCorner(_ region: Box, _ random: inout SplitMix64) -> Point {
    Point(random.uniform(region.low.x, region.high.x), random.uniform(region.low.y, region.high.y))
}

/// Steps 0 to 5 together: the map from crop units to the picture.
package func methodCrop(
    _ points: [Point], _ recipe: AugmentationRecipe, _ random: inout SplitMix64
) -> SimilarityMap {
    let turn = drawnTurn(limit: recipe.method.turn, &random)
    let box = faceBox(landmarkBox(points, turn: turn), forehead: recipe.forehead)
    let sides = cropSides(box, largestArea: recipe.method.largestArea)
    let side = random.uniform(in: sides)
    let corner = drawnCorner(cornerRegion(box, side: side), &random)
    return SimilarityMap(a: side, b: 0, tx: corner.x, ty: corner.y).then(SimilarityMap(scale: 1, angle: -turn))
}

/// Difference between a sample and its next frame: a little motion, fresh noise, other errors of the previous landmarks.
struct FramePairJitter {
    let error: CropLayout.Error
    let noiseSalt: UInt64
    private let pointNoise: Double
    private var random: SplitMix64

    /// Jitter of sample `index`; nil where it is not a next frame.
    init?(_ pairs: AugmentationRecipe.Pairs, seed: UInt64, index: UInt64) {
        guard pairs.share > 0, !index.isMultiple(of: 2) else { return nil }
        // A separate generator, so that samples without pairs do not change.
        random = SplitMix64(seed: ~seed, index: index)
        guard random.chance(pairs.share) else { return nil }
        error = normalError(turn: pairs.turn, scale: pairs.scale, shift: pairs.shift, &random)
        noiseSalt = random.next()
        pointNoise = pairs.pointNoise
    }

    /// Landmarks of the previous frame with a little noise.
    mutating func disturbed(_ prior: [Point]) -> [Point] {
        prior.map { $0 + Point(random.normal(), random.normal()) * pointNoise }
    }
}

extension CropLayout.Error {
    /// Combines two small errors.
    static func + (left: Self, right: Self) -> Self {
        Self(turn: left.turn + right.turn, scale: left.scale + right.scale, shift: left.shift + right.shift)
    }
}
