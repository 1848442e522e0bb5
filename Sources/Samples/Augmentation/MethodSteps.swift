import Base
import FaceTracking
import Glibc

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

/// Step 2: the box heightened for the forehead; the method's factor is 1.4.
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
