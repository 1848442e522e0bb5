import Base
import FaceTracking
import Glibc
import Testing

/// A picture whose Y, Cb and Cr are given at each stored luma place (chroma in the middle of its samples).
private func painted(
    _ width: Int, _ height: Int, shift: (x: Int, y: Int) = (1, 1), fullRange: Bool = true,
    orientation: Orientation = Orientation(), _ paint: (Point) -> (Double, Double, Double)
) -> Frame {
    let buffer = PixelBuffer(width: width, height: height, chromaShift: shift)
    let luma = buffer.plane(0)
    for y in 0..<height {
        for x in 0..<width { luma[y * width + x] = UInt8(paint(Point(Double(x), Double(y))).0.rounded()) }
    }
    let (cb, cr) = (buffer.plane(1), buffer.plane(2))
    for y in 0..<buffer.chromaHeight {
        for x in 0..<buffer.chromaWidth {
            let (sx, sy) = (Double(1 << shift.x), Double(1 << shift.y))
            let color = paint(Point((Double(x) + 0.5) * sx - 0.5, (Double(y) + 0.5) * sy - 0.5))
            cb[y * buffer.chromaWidth + x] = UInt8(color.1.rounded())
            cr[y * buffer.chromaWidth + x] = UInt8(color.2.rounded())
        }
    }
    return buffer.frame(fullRange: fullRange, orientation: orientation)
}

/// A seeded face-like shape of 68 points: random, but with the eyes side by side.
private func face(seed: UInt64, at centre: Point = Point(120, 100), size: Double = 80) -> [Point] {
    var random = SplitMix64(seed: seed)
    return (0..<68).map { i in
        let x = 36..<42 ~= i ? -0.25 : 42..<48 ~= i ? 0.25 : random.uniform(-0.5, 0.5)
        let y = 36..<48 ~= i ? -0.3 : random.uniform(-0.5, 0.5)
        return centre + size * Point(x, y)
    }
}

@Suite struct CropTests {
    /// Y and Cb rise along x, Cr along y, by whole levels or halves, so that the picture itself is exact.
    private func ramps(shift: (x: Int, y: Int), orientation: Orientation = Orientation()) -> Frame {
        painted(240, 200, shift: shift, orientation: orientation) { p in (p.x, (p.x - 0.5) / 2, (p.y - 0.5) / 2) }
    }

    @Test(arguments: [(1, 1), (0, 0), (1, 0)], [0.3, 0.9, 1.3, 1.6, 2, 2.4, 3.1])
    func rampIsReproducedToAThousandthOfAPixel(shift: (Int, Int), scale: Double) {
        let side = 48
        // Chroma levels are whole where samples lie two apart; nearer, they would be rounded halves and are left out.
        let frame = ramps(shift: (x: shift.0, y: shift.1))
        let sampler = CropSampler(side: side)
        for angle in [0, 0.2, -1.1, 3] {
            let map = SimilarityMap(
                scale: scale * Double(side), angle: angle, from: Point(0.5, 0.5), to: Point(118.37, 97.81))
            let crop = sampler.sample(frame, map)
            for (j, i) in [(0, 0), (5, 40), (20, 20), (47, 0), (31, 47)] {
                let p = map(Point(Double(i) + 0.5, Double(j) + 0.5) / Double(side))
                guard 8...230 ~= p.x, 8...190 ~= p.y else { continue }
                let at = 3 * (j * side + i)
                #expect(abs((Double(crop[at]) + 1) * 127.5 - p.x) < 1e-3, "luma at \(p)")
                guard shift.0 == 1 else { continue }
                #expect(abs((Double(crop[at + 1]) * 127.5 + 128) * 2 + 0.5 - p.x) < 2e-3, "Cb at \(p)")
                guard shift.1 == 1 else { continue }
                #expect(abs((Double(crop[at + 2]) * 127.5 + 128) * 2 + 0.5 - p.y) < 2e-3, "Cr at \(p)")
            }
        }
    }

    @Test(arguments: [0, 1, 2, 3], [false, true])
    func cropsAreOfThePictureAsDisplayed(turns: Int, mirrored: Bool) {
        let frame = ramps(shift: (x: 1, y: 1), orientation: Orientation(quarterTurns: turns, mirrored: mirrored))
        // A stored pixel followed to where it is displayed: flipped, then turned clockwise.
        let stored = Point(150, 60)
        var p = Point(mirrored ? 239 - stored.x : stored.x, stored.y)
        var size = Point(240, 200)
        for _ in 0..<turns {
            p = Point(size.y - 1 - p.y, p.x)
            size = Point(size.y, size.x)
        }
        let side = 9
        let map = SimilarityMap(scale: Double(side), angle: 0, from: Point(0.5, 0.5), to: p)
        let crop = CropSampler(side: side).sample(frame, map)
        let middle = 3 * (4 * side + 4)
        #expect(abs((Double(crop[middle]) + 1) * 127.5 - stored.x) < 1e-3)
        #expect(abs((Double(crop[middle + 2]) * 127.5 + 128) * 2 + 0.5 - stored.y) < 2e-3)
    }

    @Test func rangesAreScaledToMinusOneToOne() {
        let map = SimilarityMap(scale: 4, angle: 0, from: Point(0.5, 0.5), to: Point(10, 10))
        let sampler = CropSampler(side: 4)
        let white = sampler.sample(painted(20, 20, fullRange: false) { _ in (235, 240, 16) }, map)
        #expect(abs(white[0] - 1) < 1e-6 && abs(white[1] - 1) < 1e-6 && abs(white[2] + 1) < 1e-6)
        let black = sampler.sample(painted(20, 20, fullRange: false) { _ in (16, 128, 128) }, map)
        #expect(abs(black[0] + 1) < 1e-6 && abs(black[1]) < 1e-6)
        let full = sampler.sample(painted(20, 20) { _ in (255, 128, 128) }, map)
        #expect(abs(full[0] - 1) < 1e-6 && full[1] == 0)
    }

    @Test func tenBitsAreScaledAsEight() {
        final class Samples: Sendable { let values = [UInt16](repeating: 940, count: 400) }
        let owner = Samples()
        owner.values.withUnsafeBytes { bytes in
            let plane = Plane(base: bytes.baseAddress!, rowStride: 40, sampleStride: 2)
            let frame = Frame(width: 20, height: 20, luma: plane, bitDepth: 10, owner: owner)
            let map = SimilarityMap(scale: 4, angle: 0, from: Point(0.5, 0.5), to: Point(10, 10))
            let crop = CropSampler(side: 4).sample(frame, map)
            #expect(abs(crop[0] - 1) < 1e-6 && crop[1] == 0 && crop[2] == 0)
        }
    }

    @Test func outsideIsBlackAndGreyHasNoColour() {
        let frame = painted(40, 40) { _ in (200, 200, 60) }
        let outside = SimilarityMap(scale: 20, angle: 0, from: Point(0.5, 0.5), to: Point(-80, 10))
        let crop = CropSampler(side: 8).sample(frame, outside)
        #expect(crop.enumerated().allSatisfy { $1 == ($0 % 3 == 0 ? -1 : 0) })
        let inside = SimilarityMap(scale: 20, angle: 0, from: Point(0.5, 0.5), to: Point(20, 20))
        let grey = CropSampler(side: 8).sample(frame, inside, grey: true)
        #expect(grey.enumerated().allSatisfy { $0 % 3 == 0 || $1 == 0 })
    }

    @Test func mirroredCropIsTheCropReversed() {
        let frame = painted(100, 90) { p in (p.x + p.y, p.x, 200 - p.y) }
        let map = SimilarityMap(scale: 60, angle: 0.3, from: Point(0.5, 0.5), to: Point(50, 45))
        let sampler = CropSampler(side: 16)
        let (plain, mirrored) = (sampler.sample(frame, map), sampler.sample(frame, map, mirrored: true))
        for (j, i, c) in [(0, 0, 0), (3, 5, 1), (15, 15, 2), (8, 1, 0)] {
            #expect(abs(plain[3 * (16 * j + i) + c] - mirrored[3 * (16 * j + 15 - i) + c]) < 1e-4)
        }
    }

    @Test func laidCropHoldsTheUprightFaceInItsMiddle() {
        let upright = face(seed: 1)
        let turned = SimilarityMap(scale: 1.7, angle: 0.6, from: Point(120, 100), to: Point(50, 60))(upright)
        let map = CropLayout().frameFromCrop(around: turned, scheme: .ibug68)
        let inCrop = map.inverse(turned)
        #expect(abs(LandmarkScheme.ibug68.roll(of: inCrop)) < 1e-9)
        let box = Box(around: inCrop).withForehead(1.4)
        #expect((box.centre - Point(0.5, 0.5)).length < 1e-9)
        #expect(abs(max(box.width, box.height) * (1.5).squareRoot() - 1) < 1e-9)
    }

    @Test func cropThenBackIsWithinAHundredthOfAPixel() {
        let points = face(seed: 2)
        let error = CropLayout.Error(turn: 0.2, scale: -0.1, shift: Point(0.05, -0.02))
        let map = CropLayout().frameFromCrop(around: points, scheme: .ibug68, error: error)
        #expect(zip(map(map.inverse(points)), points).allSatisfy { ($0 - $1).length < 1e-2 })
    }

    @Test func pointsThatCoincideStillGiveACrop() {
        let map = CropLayout().frameFromCrop(around: Array(repeating: Point(5, 5), count: 68), scheme: .ibug68)
        #expect(map.scale == 1)
    }
}
