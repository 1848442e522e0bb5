import Base
import FaceTracking
import SampleSupport
import TestSupport
import Testing

@testable import Samples

/// Numbers that a seed gave when this was written: a change of them changes every training run.
@Suite struct GoldenTests {
    /// Mean, pixels sampled along a side, and three pixels, of a painted crop after one change that is sure to be made.
    private func fingerprint(_ set: (inout AugmentationRecipe.Photometry) -> Void) throws -> [Float] {
        var photometry = AugmentationRecipe.Photometry.none
        set(&photometry)
        let painted = try PaintedFaces(count: 1)
        let crop = PlanarCrop(side: 64)
        let map = CropLayout().frameFromCrop(around: painted.faces.faces[0].points, scheme: .ibug68)
        var random = SplitMix64(seed: 77)
        let coarse = drawnCoarseness(side: 64, photometry, &random)
        crop.sample(painted.faces.frame(of: 0), map, coarse: coarse)
        // A little texture and colour to change; the picture has none.
        crop.addNoise(.luma, amplitude: 0.3, seed: 1)
        crop.scale(.cb, gain: 0, bias: -0.1)
        crop.scale(.cr, gain: 0, bias: 0.2)
        if photometry.occluderShare > 0 {
            crop.occlude(Occluder(sizes: photometry.occluderSize, random: &random), textured: false)
        }
        changePhotometry(crop, photometry, &random)
        var pixels = [Float](repeating: 0, count: 64 * 64 * 3)
        pixels.withUnsafeMutableBufferPointer { crop.write(to: $0) }
        return [pixels.reduce(0, +) / Float(pixels.count), Float(coarse ?? 64)]
            + [3 * 1000, 3 * 2080 + 1, 3 * 3333 + 2].map { pixels[$0] }
    }

    private static let changes: [(String, @Sendable (inout AugmentationRecipe.Photometry) -> Void, [Float])] = [
        ("none", { _ in }, [-0.0123, 64, -0.06948, -0.1, 0.2]),
        ("minify", { $0.minifyShare = 1 }, [-0.01243, 25, -0.06948, -0.1, 0.2]),
        ("occluder", { $0.occluderShare = 1 }, [0.01445, 64, -0.06948, -0.1, -0.04003]),
        ("light", { $0.lightShare = 1 }, [-0.0701, 64, -0.26246, -0.1, 0.2]),
        ("gamma", { $0.gammaShare = 1 }, [0.07287, 64, 0.24853, -0.1, 0.2]),
        ("shade", { $0.shadeShare = 1 }, [-0.0473, 64, -0.33083, -0.1, 0.2]),
        ("color", { $0.colorShare = 1 }, [-0.07769, 64, -0.06948, -0.19321, 0.09705]),
        ("grey", { $0.greyShare = 1 }, [-0.04563, 64, -0.06948, 0, 0]),
        ("infrared", { $0.infraredShare = 1 }, [0.06304, 64, 0.27561, 0, 0]),
        ("dark", { $0.darkShare = 1 }, [-0.26081, 64, -0.76248, -0.02227, 0.04454]),
        ("blur", { $0.blurShare = 1 }, [-0.01444, 64, -0.12777, -0.1, 0.2]),
        ("streak", { $0.streakShare = 1 }, [-0.01423, 64, -0.10004, -0.1, 0.2]),
        ("noise", { ($0.noiseShare, $0.chromaNoiseShare) = (1, 1) }, [-0.012, 64, -0.00115, -0.07013, 0.20389]),
        ("compression", { $0.compressionShare = 1 }, [-0.00862, 64, -0.2691, -0.09608, 0.20588]),
    ]

    @Test(arguments: changes.indices) func photometricChangesAreThoseOfTheirSeed(number: Int) throws {
        let (name, set, golden) = Self.changes[number]
        let found = try fingerprint(set)
        #expect(
            found.count == golden.count && zip(found, golden).allSatisfy { abs($0 - $1) < 2e-4 }, "\(name): \(found)")
    }

    @Test func geometryIsThatOfItsSeed() throws {
        let painted = try PaintedFaces(count: 3)
        let crop = PlanarCrop(side: 32)
        var pixels = [Float](repeating: 0, count: 32 * 32 * 3)
        var found: [Double] = []
        for recipe in [AugmentationRecipe.method, .tracking] {
            var recipe = recipe
            recipe.negatives.share = 0
            (recipe.priors.otherShare, recipe.priors.previousShare, recipe.priors.strongShare) = (0.3, 0.15, 0.08)
            let sampler = TrainingSampler(
                painted.faces, negatives: painted.negatives, recipe: recipe, side: 32, seed: 9)
            for index in 0..<6 as Range<UInt64> {
                let labels = pixels.withUnsafeMutableBufferPointer {
                    sampler.makeSample(index: index, into: $0, with: crop)
                }
                found.append(labels.truth.first?.x ?? 0)
                found.append(labels.prior?.first?.y ?? 0)
            }
        }
        let golden: [Double] = [
            0.200729, 0.000000, 0.388404, 0.000000, 0.249742, 0.000000, 0.333441, 0.000000, 0.440464, 0.000000,
            0.373562, 0.000000, 0.415742, 0.000000, 0.474087, 0.000000, 0.709102, 0.360712, 0.357636, 0.477363,
            0.471238, 0.325051, 0.422920, 0.115223,
        ]
        #expect(found.count == golden.count && zip(found, golden).allSatisfy { abs($0 - $1) < 1e-4 }, "\(found)")
    }
}
