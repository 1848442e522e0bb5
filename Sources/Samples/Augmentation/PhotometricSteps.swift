import Base
import Glibc

// The photometric changes of a recipe, each with its own random numbers, in physical order: what is in front of
// the face, the light, the sensor, the optics, the noise, the codec.

/// Number of pixels to sample with, for crops that should look upscaled; nil: all of them.
package func drawnCoarseness(
    side: Int, _ photometry: AugmentationRecipe.Photometry, _ random: inout SplitMix64
) -> Int? {
    guard random.chance(photometry.minifyShare) else { return nil }
    return min(side, max(8, Int(Double(side) * random.uniform(in: photometry.minify))))
}

/// All changes after sampling.
package func changePhotometry(
    _ crop: PlanarCrop, _ photometry: AugmentationRecipe.Photometry, _ random: inout SplitMix64
) {
    changeLight(crop, photometry, &random)
    changeColor(crop, photometry, &random)
    darken(crop, photometry, &random)
    blur(crop, photometry, &random)
    addNoise(crop, photometry, &random)
    compress(crop, photometry, &random)
}

/// Contrast and brightness, gamma, light from a side.
func changeLight(_ crop: PlanarCrop, _ p: AugmentationRecipe.Photometry, _ random: inout SplitMix64) {
    if random.chance(p.lightShare) {
        crop.scale(.luma, gain: random.uniform(in: p.contrast), bias: random.uniform(in: p.brightness))
    }
    if random.chance(p.gammaShare) { crop.bend(exponent: exp(random.uniform(in: p.gamma))) }
    if random.chance(p.shadeShare) {
        let (slope, direction) = (random.uniform(in: p.shade), random.uniform(0, 2 * .pi))
        crop.shade(across: slope * cos(direction), down: slope * sin(direction))
    }
}

/// Saturation and tint; grey; infrared.
func changeColor(_ crop: PlanarCrop, _ p: AugmentationRecipe.Photometry, _ random: inout SplitMix64) {
    if random.chance(p.colorShare) {
        let gain = random.uniform(in: p.saturation)
        crop.scale(.cb, gain: gain, bias: random.normal() * p.tint)
        crop.scale(.cr, gain: gain, bias: random.normal() * p.tint)
    }
    if random.chance(p.infraredShare) {
        let share = random.uniform(in: p.infrared)
        crop.mixIntoLuma(.cr, share: share)
        crop.mixIntoLuma(.cb, share: -0.5 * share)
        crop.removeColor()
    } else if random.chance(p.greyShare) {
        crop.removeColor()
    }
}

/// Too little light: everything nearer to black, and the sensor's noise.
func darken(_ crop: PlanarCrop, _ p: AugmentationRecipe.Photometry, _ random: inout SplitMix64) {
    guard random.chance(p.darkShare) else { return }
    let gain = random.uniform(in: p.dark)
    crop.scale(.luma, gain: gain, bias: gain - 1)
    crop.scale(.cb, gain: gain, bias: 0)
    crop.scale(.cr, gain: gain, bias: 0)
    crop.addNoise(.luma, amplitude: random.uniform(in: p.darkNoise), seed: random.next())
}

/// Out of focus, or moved during the exposure.
func blur(_ crop: PlanarCrop, _ p: AugmentationRecipe.Photometry, _ random: inout SplitMix64) {
    let unit = Double(crop.side) / 128
    if random.chance(p.blurShare) { crop.blur(sigma: random.uniform(in: p.blur) * unit) }
    if random.chance(p.streakShare) {
        crop.streak(length: min(31, random.uniform(in: p.streak) * unit), angle: random.uniform(0, .pi))
    }
}

func addNoise(_ crop: PlanarCrop, _ p: AugmentationRecipe.Photometry, _ random: inout SplitMix64) {
    guard random.chance(p.noiseShare) else { return }
    crop.addNoise(.luma, amplitude: random.uniform(in: p.noise), seed: random.next())
    guard random.chance(p.chromaNoiseShare) else { return }
    crop.addNoise(.cb, amplitude: random.uniform(in: p.chromaNoise), seed: random.next())
    crop.addNoise(.cr, amplitude: random.uniform(in: p.chromaNoise), seed: random.next())
}

func compress(_ crop: PlanarCrop, _ p: AugmentationRecipe.Photometry, _ random: inout SplitMix64) {
    guard random.chance(p.compressionShare) else { return }
    let quality = p.quality.lowerBound + Int(random.uniform() * Double(p.quality.count))
    crop.compress(
        quality: min(quality, p.quality.upperBound), grid: (Int(random.uniform() * 8), Int(random.uniform() * 8)))
}

/// Weights of a filter that smears along a straight stroke through its middle, as a moving head in a long exposure.
struct Stroke {
    private(set) var across: [Int32] = []
    private(set) var down: [Int32] = []
    private(set) var weights: [Float] = []
    private(set) var reach = 0
    private var grid: [Double] = []

    /// `length` in pixels, 0…31; drawn by points a quarter of a pixel apart, each shared among its four neighbours.
    mutating func draw(length: Double, angle: Double) {
        precondition(0...31 ~= length, "stroke of \(length) pixels")
        reach = min(16, Int(length / 2) + 1)
        let width = 2 * reach + 2
        grid.removeAll(keepingCapacity: true)
        grid.append(contentsOf: repeatElement(0, count: width * width))
        let count = max(1, Int(4 * length))
        for k in 0..<count {
            let t = ((Double(k) + 0.5) / Double(count) - 0.5) * length
            let (x, y) = (t * cos(angle) + Double(reach), t * sin(angle) + Double(reach))
            let (i, j) = (Int(x), Int(y))
            let (fx, fy) = (x - Double(i), y - Double(j))
            grid[j * width + i] += (1 - fx) * (1 - fy)
            grid[j * width + i + 1] += fx * (1 - fy)
            grid[(j + 1) * width + i] += (1 - fx) * fy
            grid[(j + 1) * width + i + 1] += fx * fy
        }
        collect(width: width, total: Double(count))
    }

    private mutating func collect(width: Int, total: Double) {
        across.removeAll(keepingCapacity: true)
        down.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        for j in 0...(2 * reach) {
            for i in 0...(2 * reach) where grid[j * width + i] > 0 {
                across.append(Int32(i - reach))
                down.append(Int32(j - reach))
                weights.append(Float(grid[j * width + i] / total))
            }
        }
    }
}

/// Steps of luma and chroma coefficients for a quality of 1…100. Source: ITU-T T.81, annex K.1, scaled as libjpeg does.
func quantizerSteps(quality: Int) -> (luma: [Float], chroma: [Float]) {
    precondition(1...100 ~= quality, "quality \(quality)")
    let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
    func scaled(_ table: [Int]) -> [Float] { table.map { Float(min(255, max(1, ($0 * percent + 50) / 100))) } }
    return (scaled(lumaSteps), scaled(chromaSteps))
}

private let lumaSteps = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
]

private let chromaSteps = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
]
