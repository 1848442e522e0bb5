import Base
import FaceTracking
import NeuralNetwork
import Rendering
import SampleSupport
import TestSupport
import Testing

@testable import Samples
@testable import Training

/// Losses and samples that recipes switch on.
@Suite struct RecipeSwitchTests {
    @Test func theAnisotropicLossForgivesErrorsAlongTheSpread() {
        // Spread along x by 0.1, along y by 0.02.
        let spread = spread(SIMD3(0.01, 0, 0.0004))
        let along = AnisotropicLoss.value(spread, truth: SIMD2(0.55, 0.5)).loss
        let across = AnisotropicLoss.value(spread, truth: SIMD2(0.5, 0.55)).loss
        #expect(across > 3 * along)
    }

    private func spread(_ covariance: SIMD3<Float>) -> SpatialSoftmax.Spread {
        SpatialSoftmax.Spread(mean: SIMD2(0.5, 0.5), covariance: covariance)
    }

    /// The axes are taken as fixed: the covariance moves along them only.
    @Test func gradientsOfTheAnisotropicLoss() {
        let start = spread(SIMD3(0.006, 0.002, 0.003))
        let truth = SIMD2<Float>(0.56, 0.47)
        let (_, gradient) = AnisotropicLoss.value(start, truth: truth)
        func difference(_ change: (inout SpatialSoftmax.Spread, Float) -> Void, step: Float) -> Float {
            var (more, less) = (start, start)
            change(&more, step)
            change(&less, -step)
            return (AnisotropicLoss.value(more, truth: truth).loss - AnisotropicLoss.value(less, truth: truth).loss)
                / (2 * step)
        }
        #expect(abs(difference({ $0.mean.x += $1 }, step: 1e-3) - gradient.mean.x) < 0.02 * abs(gradient.mean.x))
        #expect(abs(difference({ $0.mean.y += $1 }, step: 1e-3) - gradient.mean.y) < 0.02 * abs(gradient.mean.y))
        for (axis, _) in AnisotropicLoss.principalAxes(start.covariance) {
            let along = SIMD3(axis.x * axis.x, axis.x * axis.y, axis.y * axis.y)
            let wanted = (gradient.covariance * along).sum()
            let found = difference({ $0.covariance += $1 * along }, step: 1e-4)
            #expect(abs(found - wanted) < 0.02 * abs(wanted), "\(found), not \(wanted)")
        }
    }

    @Test func lidsCountByTheSizeOfEyes() {
        let weights = LandmarkScheme.ibug68.partWeights(strength: 1)
        #expect(abs(weights.reduce(0, +) / 68 - 1) < 1e-5)
        #expect(abs(weights[37] / weights[36] - 3) < 1e-5 && abs(weights[62] / weights[51] - 1.6) < 1e-5)
        #expect(LandmarkScheme.ibug68.partWeights(strength: 0).allSatisfy { $0 == 1 })
        #expect(LandmarkScheme.helen194.partWeights(strength: 1).allSatisfy { $0 == 1 })
    }

    @Test func rareShapesAreDrawnMoreOften() {
        // Nine faces alike but for a little noise, one with half the width.
        let base = PaintedFaces.shape(2)
        let faces = (0..<10).map { number in
            let noise = uniform(136, seed: UInt64(number))
            let points = base.enumerated().map { index, point in
                let moved = number == 9 ? Point(115 + 0.5 * (point.x - 115), point.y) : point
                return moved + Point(Double(noise[2 * index]), Double(noise[2 * index + 1]))
            }
            return AnnotatedFace(
                file: "\(number)", set: "s", split: .train, group: "\(number)", points: points, scheme: .ibug68,
                source: "\(number)")
        }
        let weights = rarityWeights(faces, scheme: .ibug68, layout: CropLayout(), power: 2)
        #expect(weights[9] == weights.max() && weights[9] > 2)
        #expect(weights.allSatisfy { 0.25...4 ~= $0 })
        #expect(
            rarityWeights(faces, scheme: .ibug68, layout: CropLayout(), power: 0) == [Double](repeating: 1, count: 10))
    }

    @Test func recipesThatContradictThemselvesAreRefused() throws {
        let folder = try TemporaryFolder()
        for (text, key) in [
            ("layout: reference\ncrop: 112\nwidth: 4\n", "crop"),
            ("heatmap_attention: true\ndeep_width: 90\n", "deep_width"),
            ("layout: reference\nspatial_transformer: crop\n", "spatial_transformer"), ("width: 4\n", "width"),
            ("channels: 2\n", "channels"),
        ] {
            try writeFile(folder.path("r.yaml"), Array(text.utf8))
            let error = #expect(throws: LandmarkdError.self) { try TrainingRecipe(path: folder.path("r.yaml")) }
            #expect(error?.cause.contains("\(key):") == true, "\(error?.cause ?? "")")
        }
    }
}

/// Eyes that are shut in the picture.
@Suite struct LidWarpTests {
    /// An eye 40 pixels wide, its lids 12 apart, in a picture whose level is the row.
    private static func points() -> [Point] {
        var points = [Point](repeating: Point(64, 64), count: 68)
        (points[36], points[39]) = (Point(40, 60), Point(80, 60))
        (points[37], points[38], points[41], points[40]) = (Point(53, 54), Point(67, 54), Point(53, 66), Point(67, 66))
        return points
    }

    private let eye = LandmarkScheme.ibug68.openings[0]

    @Test func lidsMeetWhereTheyAreSaidToBe() throws {
        let warp = try #require(LidWarp(eye, of: Self.points(), closing: 1))
        let shut = warp.moved(Self.points())
        #expect(abs(eye.width(of: shut) - 0.06 * eye.width(of: Self.points())) < 1e-9)
        #expect(shut[36] == Self.points()[36] && shut[39] == Self.points()[39], "corners stay")
        // What was the upper lid's edge is now where its landmark is.
        for (lid, open) in [(37, Point(53, 54)), (38, Point(67, 54))] {
            let source = warp.source(of: shut[lid] - Point(0, 0.01))
            #expect((source - open).length < 0.1, "\(source)")
        }
        #expect(warp.source(of: Point(20, 60)) == Point(20, 60) && warp.source(of: Point(60, 20)) == Point(60, 20))
    }

    @Test func skinSlidesWithoutTearing() throws {
        let warp = try #require(LidWarp(eye, of: Self.points(), closing: 0.8))
        var last = -Double.infinity
        for y in stride(from: 30.0, through: 62, by: 0.5) {
            let source = warp.source(of: Point(60, y)).y
            #expect(source >= last, "above the eye the order stays")
            last = source
        }
    }

    @Test func shutAndStrangeEyesAreLeftAlone() {
        var shut = Self.points()
        for (upper, lower) in eye.lids { (shut[upper].y, shut[lower].y) = (59.5, 60.5) }
        #expect(LidWarp(eye, of: shut, closing: 1) == nil)
        var crossed = Self.points()
        crossed.swapAt(37, 38)
        #expect(LidWarp(eye, of: crossed, closing: 1) == nil)
    }

    @Test func samplesShowWhatTheirLandmarksSay() throws {
        let average = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        let faces = FaceSet(rendered: 12, average, seed: 4)
        var recipe = AugmentationRecipe.tracking
        (recipe.lids.share, recipe.lids.wholeShare, recipe.lids.winkShare) = (1, 1, 0)
        (recipe.photometry, recipe.cropJitter.outlierShare) = (.none, 0)
        let sampler = TrainingSampler(faces, recipe: recipe, side: 128, seed: 2)
        let eyes = LandmarkScheme.ibug68.openings.filter { $0.part == .eyes }
        var shut = 0
        let generator = sampler.makeGenerator()
        var crop = [Float](repeating: 0, count: 128 * 128 * 3)
        for index in 0..<40 {
            let labels = crop.withUnsafeMutableBufferPointer { generator.makeSample(index: UInt64(index), into: $0) }
            shut += eyes.count { $0.width(of: labels.truth) < 0.05 }
            #expect(crop.allSatisfy { $0.isFinite && -1...1 ~= $0 })
        }
        #expect(shut > 60, "of 80 eyes, all but the few that blink or hide")
    }
}
