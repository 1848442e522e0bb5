import Base
import FaceTracking
import Glibc

/// Makes another face of the one in a crop: other proportions, features elsewhere, the head turned a little further.
///
/// The change is a smooth field of offsets, from a place in the new crop to where its value comes from, kept on a coarse grid; landmarks
/// follow by solving for the place whose source they are. Crop units. `Tests/twin/warps.py` does the same.
struct ShapeWarp {
    /// Cells of the grid along a side.
    private static let cells = 32
    /// Half the width and half the height of a face over the radii of the cylinders that it is taken for.
    private static let roundness = (yaw: 0.62, pitch: 0.75)
    /// How far the nose stands out of the cylinder, and how wide it is; in widths of the face.
    private static let nose = (height: 0.18, spread: 0.12)
    /// Where the random field has its values.
    private static let bumpNodes = 5

    /// Offsets at the corners of the cells, row by row.
    private let offsets: [Point]

    init(_ truth: [Point], _ scheme: LandmarkScheme, _ recipe: AugmentationRecipe.Shapes, _ random: inout SplitMix64) {
        let face = Box(around: truth)
        let stretch = Point(exp(recipe.stretch * random.normal()) - 1, exp(recipe.stretch * random.normal()) - 1)
        let shear = recipe.shear * Point(random.normal(), random.normal())
        let isTurned = random.chance(recipe.turnedShare)
        let limit = isTurned ? Double.pi / 180 : 0
        let yaw = limit * random.uniform(-recipe.yaw, recipe.yaw)
        let pitch = limit * random.uniform(-recipe.pitch, recipe.pitch)
        let bumps = (0..<Self.bumpNodes * Self.bumpNodes).map { _ in
            recipe.bumps * Point(random.normal(), random.normal())
        }
        let (centre, size) = (0.5 * (face.low + face.high), face.high - face.low)
        let radii = Point(max(size.x * Self.roundness.yaw, 0.02), max(size.y * Self.roundness.pitch, 0.02))
        let tip = scheme.noseTip.map { truth[$0] }
        let corners = Self.cells + 1
        offsets = (0..<corners * corners).map { index in
            let place = Point(Double(index % corners), Double(index / corners)) / Double(Self.cells)
            let away = place - centre
            var offset = Point(away.x * stretch.x + away.y * shear.x, away.y * stretch.y + away.x * shear.y)
            offset += Self.bump(bumps, at: place)
            offset.x += Self.turn(away.x / radii.x, by: yaw) * radii.x
            offset.y += Self.turn(away.y / radii.y, by: pitch) * radii.y
            if let tip { offset.x -= Self.noseMotion(place - tip, width: size.x) * sin(yaw) }
            return offset
        }
    }

    /// Where the value at a place of the new crop comes from.
    func source(of place: Point) -> Point { place + offset(at: place) }

    /// Where something of the old crop lies in the new one.
    func moved(_ point: Point) -> Point {
        var found = point
        // A place's source moves by 0.3 to 2.1 times as much as the place, most where a turned face's side comes into view: a step of
        // 0.6 of what is missing converges for all of them.
        for _ in 0..<30 { found += 0.6 * (point - source(of: found)) }
        return found
    }

    /// Bilinear between the corners of a cell; beyond the crop as at its edge.
    private func offset(at place: Point) -> Point {
        let last = Double(Self.cells)
        let (x, y) = (min(max(place.x * last, 0), last), min(max(place.y * last, 0), last))
        let (left, top) = (min(Int(x), Self.cells - 1), min(Int(y), Self.cells - 1))
        let (fx, fy) = (x - Double(left), y - Double(top))
        let index = top * (Self.cells + 1) + left
        let above = offsets[index] + fx * (offsets[index + 1] - offsets[index])
        let row = index + Self.cells + 1
        let below = offsets[row] + fx * (offsets[row + 1] - offsets[row])
        return above + fy * (below - above)
    }

    /// The smooth field through the nodes' values: Catmull and Rom's cubic along each axis.
    private static func bump(_ nodes: [Point], at place: Point) -> Point {
        let last = bumpNodes - 1
        func axis(_ value: Double) -> (Int, [Double]) {
            let scaled = value * Double(last)
            let whole = min(Int(scaled), last - 1)
            let t = scaled - Double(whole)
            return (
                whole,
                [
                    t * (t * (2 - t) - 1) / 2, (t * t * (3 * t - 5) + 2) / 2, t * (t * (4 - 3 * t) + 1) / 2,
                    t * t * (t - 1) / 2,
                ]
            )
        }
        let ((column, across), (row, down)) = (axis(place.x), axis(place.y))
        var sum = Point.zero
        for j in 0..<4 {
            for i in 0..<4 {
                let (x, y) = (min(max(column + i - 1, 0), last), min(max(row + j - 1, 0), last))
                sum += across[i] * down[j] * nodes[y * bumpNodes + x]
            }
        }
        return sum
    }

    /// Offset along the circumference of a cylinder of radius 1 that is turned by `angle`, at most to 80° from the front.
    private static func turn(_ along: Double, by angle: Double) -> Double {
        let theta = asin(min(max(along, -0.95), 0.95))
        return sin(min(max(theta - angle, -1.4), 1.4)) - sin(theta)
    }

    /// How much further than the cylinder a turned face's nose moves, for a turn with a sine of 1.
    private static func noseMotion(_ away: Point, width: Double) -> Double {
        let spread = nose.spread * max(width, 0.02)
        return nose.height * width * exp(-(away.x * away.x + away.y * away.y) / (2 * spread * spread))
    }
}

/// Changes the shape of the face in a crop. `truth` is in crop units; returned as it lies afterwards.
func changeShape(
    _ crop: PlanarCrop, _ truth: [Point], _ scheme: LandmarkScheme, _ recipe: AugmentationRecipe.Shapes,
    _ random: inout SplitMix64
) -> [Point] {
    let warp = ShapeWarp(truth, scheme, recipe, &random)
    let side = Double(crop.side)
    crop.warp(inside: Box(low: .zero, high: Point(side - 1, side - 1))) { pixel in
        // Pixel i has its centre at (i + 0.5)/side.
        warp.source(of: (pixel + Point(0.5, 0.5)) / side) * side - Point(0.5, 0.5)
    }
    return truth.map { warp.moved($0) }
}
