import Base
import FaceTracking
import Glibc

// The photometric changes of a recipe, each drawing its own numbers. The order is that of the world: what stands before
// the face, the light, the sensor, the optics, the noise, the codec.

/// Pixels to sample with, where the crop is to look enlarged from less; nil: all of them.
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
