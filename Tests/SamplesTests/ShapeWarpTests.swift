import Base
import FaceTracking
import Rendering
import SampleSupport
import TestSupport
import Testing

@testable import Samples

/// Faces of other shapes.
@Suite struct ShapeWarpTests {
    private static func face() throws -> [Point] {
        let average = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        let face = FaceSet(rendered: 1, average, seed: 4).faces[0]
        return CropLayout().frameFromCrop(around: face.points, scheme: .ibug68).inverse(face.points)
    }

    private static func still() -> AugmentationRecipe.Shapes {
        var shapes = AugmentationRecipe.Shapes()
        (shapes.stretch, shapes.shear, shapes.bumps, shapes.turnedShare) = (0, 0, 0, 0)
        return shapes
    }

    @Test func landmarksLieWhereTheirPixelsWent() throws {
        let truth = try Self.face()
        for seed in 0..<50 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let warp = ShapeWarp(truth, .ibug68, AugmentationRecipe.Shapes(), &random)
            for point in truth {
                // A tenth of a pixel of a crop of 128.
                #expect((warp.source(of: warp.moved(point)) - point).length < 0.1 / 128)
            }
        }
    }

    @Test func nothingMovesWhereNothingIsAskedFor() throws {
        let truth = try Self.face()
        var random = SplitMix64(seed: 1)
        let warp = ShapeWarp(truth, .ibug68, Self.still(), &random)
        for point in truth { #expect((warp.moved(point) - point).length < 1e-9) }
    }

    @Test func theNoseMovesFurtherThanTheEyesWhenAHeadIsTurned() throws {
        let truth = try Self.face()
        var turned = Self.still()
        (turned.turnedShare, turned.pitch) = (1, 0)
        for seed in 0..<20 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let warp = ShapeWarp(truth, .ibug68, turned, &random)
            let motion = zip(truth, truth.map { warp.moved($0) }).map { $1.x - $0.x }
            let eyes = (motion[36] + motion[39] + motion[42] + motion[45]) / 4
            #expect(motion[30] * eyes > 0, "to the same side")
            #expect(abs(motion[30]) > 1.05 * abs(eyes), "nose \(motion[30]), eyes \(eyes)")
        }
    }

    @Test func aSampleShowsTheFaceThatItsLandmarksDescribe() throws {
        // A ramp of 0.014 a pixel: the level under a landmark says in which column it was, to a pixel or two.
        let crop = PlanarCrop(side: 128)
        let painted = try PaintedFaces(count: 1)
        crop.sample(painted.faces.frame(of: 0), SimilarityMap(scale: 1, angle: 0))
        crop.scale(.luma, gain: 0, bias: 0)
        crop.shade(across: 0.9, down: 0)
        let truth = try Self.face()
        let levels = Self.luma(crop)
        var random = SplitMix64(seed: 7)
        let moved = changeShape(crop, truth, .ibug68, AugmentationRecipe.Shapes(), &random)
        let warped = Self.luma(crop)
        for (before, after) in zip(truth, moved)
        where (0.05...0.95).contains(after.x) && (0.05...0.95).contains(after.y) {
            let (found, right) = (Self.at(after, warped), Self.at(before, levels))
            #expect(abs(found - right) < 0.04, "\(found) where \(right) belongs")
        }
    }

    private static func luma(_ crop: PlanarCrop) -> [Float] {
        var pixels = [Float](repeating: 0, count: 3 * crop.side * crop.side)
        pixels.withUnsafeMutableBufferPointer { crop.write(to: $0) }
        return stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] }
    }

    private static func at(_ place: Point, _ luma: [Float]) -> Float {
        luma[Int(place.y * 128) * 128 + Int(place.x * 128)]
    }
}
