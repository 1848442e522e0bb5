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
