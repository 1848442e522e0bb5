import Base
import FaceTracking
import TestSupport
import Testing

@testable import Training

@Suite struct MovingStillTests {
    /// Levels of row 240 across the frame's middle, noise averaged over `count` frames.
    private func meanLuma(_ clip: MovingStill, _ x: Int, _ y: Int) -> Double {
        let levels = (0..<40).map { Double(clip.draw($0).plane(0)[y * MovingStill.width + x]) }
        return levels.reduce(0, +) / Double(levels.count)
    }

    @Test(arguments: [0, 1]) func theMapTellsWhereEachPixelCameFrom(number: Int) throws {
        // The level of these pictures is the column, or the row.
        let painted = try PaintedFaces()
        let clip = MovingStill(painted.faces.frame(of: number), painted.faces.faces[number], moving: false, seed: 1)
        for (x, y) in [(320, 240), (290, 250), (345, 200)] {
            let place = clip.map(0).inverse(Point(Double(x), Double(y)))
            let expected = number.isMultiple(of: 2) ? place.x : place.y
            #expect(abs(meanLuma(clip, x, y) - expected) < 1.6, "\(x), \(y)")
        }
    }

    @Test func noiseIsNewOnEachFrameAndTheSameForASeed() throws {
        let painted = try PaintedFaces()
        let (frame, face) = (painted.faces.frame(of: 0), painted.faces.faces[0])
        let clip = MovingStill(frame, face, moving: false, seed: 1)
        let (one, again, next) = (clip.draw(0), clip.draw(0), clip.draw(1))
        #expect(one.plane(0).elementsEqual(again.plane(0)))
        // Red, green and blue of deviation 4 make luma of 4 · √(0.299² + 0.587² + 0.114²) = 2.67; two frames differ by √2 of that.
        // Near black and white the noise is cut off.
        var (count, square) = (0, 0.0)
        for (first, second) in zip(one.plane(0), next.plane(0)) where 30...225 ~= first && 30...225 ~= second {
            let difference = Double(first) - Double(second)
            (count, square) = (count + 1, square + difference * difference)
        }
        #expect(count > 10_000)
        #expect(abs((square / Double(count) / 2).squareRoot() - 2.67) < 0.15)
    }

    @Test func theMotionIsSlowAndBounded() throws {
        let painted = try PaintedFaces()
        let face = painted.faces.faces[2]
        let clip = MovingStill(painted.faces.frame(of: 2), face, moving: true, seed: 4)
        let still = MovingStill(painted.faces.frame(of: 2), face, moving: false, seed: 4)
        #expect(still.truth(0) == still.truth(57))
        let unit = face.scheme.referenceLength(of: face.points)
        var farthest = 0.0
        for index in 0..<MovingStill.frameCount {
            let map = clip.map(index)
            let centre = map(face.points.centroid) - Point(320, 240)
            farthest = max(farthest, abs(centre.x))
            #expect(abs(centre.x) <= 6 && abs(centre.y) <= 6 && abs(map.angle) <= 0.0699)
            #expect(abs(map.scale * unit / 80 - 1) <= 0.0501)
            if index > 0 {
                let step = zip(clip.truth(index), clip.truth(index - 1)).map { ($0 - $1).length }.max()!
                #expect(step < 2)
            }
        }
        #expect(farthest > 4)
    }

    @Test func weightsOfTheBicubicFilterSumToOne() {
        for t in [Float(0), 0.25, 0.5, 0.9] { #expect(abs(StillPicture.cubic(t).sum() - 1) < 1e-6) }
        #expect(StillPicture.cubic(0) == SIMD4(0, 1, 0, 0))
    }
}
