import Base
import FaceTracking
import Glibc
import Samples

/// Mean and modes of faces brought to the template's shape, symmetric, sharpened a little.
struct TextureStatistics {
    private static let width = FaceMeshLayout.width
    private static let height = FaceMeshLayout.height
    /// Side of the square around the template in units, and where its upper left corner lies.
    private static let cropSide = 2.7
    private static let cropCorner = Point(-1.35, -1.6)
    /// Shapes turned or nodding by more than about this count little.
    private static let ahead = 0.25
    /// Eyes and mouths open wider than this show what is inside.
    private static let openEyes = 0.075
    private static let openMouth = 0.1

    let luma: [Float]
    let chroma: [[Float]]
    let modes: [[Float]]
    /// What so many faces of equal weight would be.
    let effectiveCount: Double

    init(_ faces: FaceSet, _ shapes: ShapeStatistics, _ layout: FaceMeshLayout, modeCount: Int) {
        let grid = TemplateGrid(layout)
        let core = grid.texels(within: [0..<68])
        let (eyes, mouth) = (grid.texels(within: [36..<42, 42..<48]), grid.texels(within: [60..<68]))
        let sampler = CropSampler(side: 400)
        var sums = TextureSums(texels: Self.width * Self.height)
        var halves: [Float] = []
        var weights: [Double] = []
        for face in 0..<faces.count {
            let points = faces.faces[face].points
            let frameFromTemplate = SimilarityMap.fit(from: shapes.mean, to: points)
            let weight = Self.weight(shapes, face, scale: frameFromTemplate.scale)
            var warped = Self.warped(faces.frame(of: face), points, shapes, layout, grid, frameFromTemplate, sampler)
            let (mean, deviation) = Self.levels(warped, core)
            let levels = (mean: Float(mean), deviation: Float(max(12, deviation)))
            halves += Self.halved(Self.symmetric(warped.map { $0.w > 0 ? ($0.x - levels.mean) / levels.deviation : 0 }))
            weights.append(weight)
            let isOpen = (shapes.measures[face].eyes > Self.openEyes, shapes.measures[face].mouth > Self.openMouth)
            for i in warped.indices where (eyes[i] && !isOpen.0) || (mouth[i] && !isOpen.1) { warped[i] = .zero }
            sums.add(warped, levels, weight: weight, hasColor: faces.frame(of: face).chroma != nil)
        }
        effectiveCount = sums.effectiveCount
        luma = Self.sharpened(Self.symmetric(sums.meanLuma)).map { min(255, max(0, $0)) }
        chroma = sums.meanChroma.map { Self.halved(Self.symmetric($0)) }
        modes = Self.modes(
            halves, sums.shares(weights), mask: Self.halved(Self.mask(core)), gain: sums.meanDeviation, count: modeCount
        )
    }

    private static func weight(_ shapes: ShapeStatistics, _ face: Int, scale: Double) -> Double {
        let (yaw, pitch) = (shapes.yaws[face] / ahead, shapes.measures[face].pitch / ahead)
        return exp(-yaw * yaw - pitch * pitch) * min(1, max(0.05, (scale - 60) / 40))
    }

    /// Y, Cb, Cr (0…255) of each texel and 1; all 0 outside of the mesh or the picture.
    private static func warped(
        _ frame: Frame, _ points: [Point], _ shapes: ShapeStatistics, _ layout: FaceMeshLayout, _ grid: TemplateGrid,
        _ frameFromTemplate: SimilarityMap, _ sampler: CropSampler
    ) -> [SIMD4<Float>] {
        let frameFromCrop = SimilarityMap(scale: cropSide, angle: 0, from: .zero, to: cropCorner).then(
            frameFromTemplate)
        let crop = sampler.sample(frame, frameFromCrop)
        let side = Double(sampler.side)
        let cropFromFrame = frameFromCrop.inverse
        let vertices = layout.vertices(of: points, mean: shapes.mean, frameFromTemplate).map {
            cropFromFrame($0) * side - 0.5
        }
        let last = Point(Double(frame.displayWidth - 1), Double(frame.displayHeight - 1))
        return grid.triangle.indices.map { texel in
            guard grid.triangle[texel] >= 0 else { return .zero }
            let place = grid.place(texel, vertices)
            let pixel = frameFromCrop((place + 0.5) / side)
            let isSeen = all(pixel .>= .zero) && all(pixel .<= last)
            guard isSeen, all(place .>= .zero), all(place .<= Point(repeating: side - 1.01)) else { return .zero }
            return interpolated(crop, sampler.side, place)
        }
    }

    private static func interpolated(_ crop: [Float], _ side: Int, _ place: Point) -> SIMD4<Float> {
        let (column, row) = (Int(place.x), Int(place.y))
        let (s, t) = (Float(place.x - Double(column)), Float(place.y - Double(row)))
        func color(_ x: Int, _ y: Int) -> SIMD4<Float> {
            let i = 3 * (y * side + x)
            return SIMD4(crop[i], crop[i + 1], crop[i + 2], 0)
        }
        let upper = color(column, row) * (1 - s) + color(column + 1, row) * s
        let lower = color(column, row + 1) * (1 - s) + color(column + 1, row + 1) * s
        return (upper * (1 - t) + lower * t) * 127.5 + SIMD4(127.5, 128, 128, 1)
    }

    private static func levels(_ warped: [SIMD4<Float>], _ core: [Bool]) -> (mean: Double, deviation: Double) {
        var (count, sum, square) = (0.0, 0.0, 0.0)
        for i in warped.indices where core[i] && warped[i].w > 0 {
            let y = Double(warped[i].x)
            count += 1
            sum += y
            square += y * y
        }
        guard count > 0 else { return (128, 40) }
        let mean = sum / count
        return (mean, max(0, square / count - mean * mean).squareRoot())
    }

    /// Face and forehead: what modes may change. Falls off softly.
    private static func mask(_ core: [Bool]) -> [Float] {
        let inside = core.indices.map { i -> Float in
            let texel = Point(Double(i % width), Double(i / width))
            let place = (texel - FaceMeshLayout.origin) / FaceMeshLayout.density
            let (x, y) = (place.x / 0.74, (place.y + 0.42) / 0.85)
            return core[i] || (place.y < -0.4 && x * x + y * y < 1) ? 1 : 0
        }
        return blurred(inside, width: width, height: height, deviation: 3)
    }

    private static func modes(
        _ halves: [Float], _ weights: [Double], mask: [Float], gain: Float, count: Int
    ) -> [[Float]] {
        let size = mask.count
        var mean = [Float](repeating: 0, count: size)
        for (face, weight) in weights.enumerated() {
            for i in 0..<size { mean[i] += Float(weight) * halves[face * size + i] }
        }
        var rows = halves
        for (face, weight) in weights.enumerated() {
            let root = Float(weight.squareRoot())
            for i in 0..<size { rows[face * size + i] = (halves[face * size + i] - mean[i]) * mask[i] * root }
        }
        return principalModes(rows, samples: weights.count, width: size, count: count).map { $0.map { $0 * gain } }
    }

    private static func symmetric(_ plane: [Float]) -> [Float] {
        plane.indices.map { i in
            let (row, column) = (i / width, i % width)
            return (plane[i] + plane[row * width + width - 1 - column]) / 2
        }
    }

    private static func halved(_ plane: [Float]) -> [Float] {
        (0..<(width / 2 * (height / 2))).map { i in
            let first = i / (width / 2) * 2 * width + i % (width / 2) * 2
            return (plane[first] + plane[first + 1] + plane[first + width] + plane[first + width + 1]) / 4
        }
    }

    /// Means of many faces are softer than one; two unsharp masks, a fine and a wide one.
    private static func sharpened(_ plane: [Float]) -> [Float] {
        let fine = blurred(plane, width: width, height: height, deviation: 1.5)
        let wide = blurred(plane, width: width, height: height, deviation: 6)
        return plane.indices.map { plane[$0] + (plane[$0] - fine[$0]) + 0.6 * (plane[$0] - wide[$0]) }
    }
}

/// Weighted sums of faces in the template's texels, each brought to mean 0 and deviation 1 of Y before it is added.
struct TextureSums {
    private var luma, blue, red, weight, colorWeight: [Float]
    private var level = 0.0
    private var contrast = 0.0
    private var total = 0.0
    private var squares = 0.0

    init(texels: Int) {
        let zeros = [Float](repeating: 0, count: texels)
        (luma, blue, red, weight, colorWeight) = (zeros, zeros, zeros, zeros, zeros)
    }

    /// `texels`: Y, Cb, Cr (0…255) and 1; texels that are 0 in the last do not count.
    mutating func add(
        _ texels: [SIMD4<Float>], _ levels: (mean: Float, deviation: Float), weight share: Double, hasColor: Bool
    ) {
        let part = Float(share)
        level += share * Double(levels.mean)
        contrast += share * Double(levels.deviation)
        total += share
        squares += share * share
        for i in texels.indices where texels[i].w > 0 {
            luma[i] += part * (texels[i].x - levels.mean) / levels.deviation
            weight[i] += part
            guard hasColor else { continue }
            blue[i] += part * texels[i].y
            red[i] += part * texels[i].z
            colorWeight[i] += part
        }
    }

    /// As many faces of equal weight would be as sure a mean.
    var effectiveCount: Double { total * total / squares }

    /// The deviation of Y that faces have on average.
    var meanDeviation: Float { Float(contrast / total) }

    /// Y at the mean brightness and contrast; the mean brightness where no face was seen.
    var meanLuma: [Float] {
        let base = Float(level / total)
        return zip(luma, weight).map { $1 > 0 ? $0 / $1 * meanDeviation + base : base }
    }

    /// Cb and Cr; 128 where no face was seen.
    var meanChroma: [[Float]] {
        [blue, red].map { zip($0, colorWeight).map { $1 > 0 ? $0 / $1 : 128 } }
    }

    /// Weights that sum to 1.
    func shares(_ weights: [Double]) -> [Double] { weights.map { $0 / total } }
}

/// A plane blurred by a Gaussian of `deviation` samples; beyond the edge lies the edge.
func blurred(_ plane: [Float], width: Int, height: Int, deviation: Double) -> [Float] {
    precondition(plane.count == width * height, "\(plane.count) samples for \(width)×\(height)")
    let reach = Int((3 * deviation).rounded(.up))
    let bell = (-reach...reach).map { exp(-0.5 * Double($0 * $0) / (deviation * deviation)) }
    let sum = bell.reduce(0, +)
    let kernel = bell.map { Float($0 / sum) }
    func pass(_ source: [Float], _ place: (Int, Int, Int) -> Int) -> [Float] {
        (0..<(width * height)).map { i in
            var value: Float = 0
            for k in -reach...reach { value += kernel[k + reach] * source[place(i % width, i / width, k)] }
            return value
        }
    }
    let rows = pass(plane) { x, y, k in y * width + min(width - 1, max(0, x + k)) }
    return pass(rows) { x, y, k in min(height - 1, max(0, y + k)) * width + x }
}
