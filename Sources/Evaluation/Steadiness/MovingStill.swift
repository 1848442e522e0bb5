import Base
import FaceTracking
import Glibc
import Samples

/// A clip made from one annotated picture by a known motion, or by none: each frame's truth is exact.
///
/// 640×480 at 30 frames a second, the outer eye corners 80 pixels apart. Moving: slow sinusoids of ±6 pixels along each axis, ±5 % of
/// the size and ±4° of roll. Every frame has fresh noise. The same seed gives the same frames.
package struct MovingStill: Sendable {
    package static let width = 640
    package static let height = 480
    package static let frameRate = 30.0
    /// Frames for a tracker to settle, then those that are judged.
    package static let settling = 10
    package static let frameCount = 100
    static let eyeDistance = 80.0
    /// Standard deviation of the noise of red, green and blue, in levels of 255.
    static let noise = 4.0

    package let face: AnnotatedFace
    package let isMoving: Bool
    let picture: StillPicture
    private let swings: [Swing]
    private let seed: UInt64

    package init(_ frame: Frame, _ face: AnnotatedFace, moving: Bool, seed: UInt64) {
        let length = face.scheme.referenceLength(of: face.points)
        precondition(length > 0, "\(face.source): landmarks that coincide")
        picture = StillPicture(frame, shrunkBy: max(1, Int((length / Self.eyeDistance).rounded())))
        (self.face, isMoving, self.seed) = (face, moving, seed)
        var random = SplitMix64(seed: seed)
        swings = (0..<4).map { _ in Swing(period: random.uniform(60, 95), phase: random.uniform(0, 2 * .pi)) }
    }

    /// From the picture to frame `index`.
    package func map(_ index: Int) -> SimilarityMap {
        let swing = swings.map { isMoving ? $0(Double(index)) : 0 }
        let scale = Self.eyeDistance / face.scheme.referenceLength(of: face.points) * (1 + 0.05 * swing[1])
        let centre = Point(Double(Self.width), Double(Self.height)) / 2 + 6 * Point(swing[2], swing[3])
        return SimilarityMap(
            scale: scale, angle: 4 * Double.pi / 180 * swing[0], from: face.points.centroid, to: centre)
    }

    /// True landmarks in frame `index`.
    package func truth(_ index: Int) -> [Point] { map(index)(face.points) }

    package func time(_ index: Int) -> Double { Double(index) / Self.frameRate }

    /// Frame `index`, full-range 4:2:0.
    package func draw(_ index: Int) -> PixelBuffer { draw(index) { $0 } }

    /// The same with its pixels moved: `warp` tells for each which one's place it shows.
    func draw(_ index: Int, warp: (Point) -> Point) -> PixelBuffer {
        let target = PixelBuffer(width: Self.width, height: Self.height)
        picture.draw(
            map(index), noise: ColorNoise(sigma: Self.noise, SplitMix64(seed: seed ^ 0x5EED, index: UInt64(index))),
            into: target, warp: warp)
        return target
    }

    /// sin(2πt / period + phase), `t` in frames.
    private struct Swing: Sendable {
        let period: Double
        let phase: Double

        func callAsFunction(_ t: Double) -> Double { sin(2 * .pi * t / period + phase) }
    }
}

/// A picture to be drawn under many maps: averaged over whole boxes where it is too large, then bicubic, with its edge repeated outside.
struct StillPicture: Sendable {
    let width: Int
    let height: Int
    /// Pixels of the original along a side of one here.
    let factor: Int
    /// Y, Cb, Cr as 0…255, neutral 128.
    private let pixels: [SIMD4<Float>]

    init(_ frame: Frame, shrunkBy wanted: Int) {
        let longer = max(frame.displayWidth, frame.displayHeight)
        let factor = min(max(wanted, (longer + 4095) / 4096), min(frame.displayWidth, frame.displayHeight))
        (width, height) = (frame.displayWidth / factor, frame.displayHeight / factor)
        self.factor = factor
        let scale = Double(width * factor)
        let pictureFromUnits = SimilarityMap(a: scale, b: 0, tx: -0.5, ty: -0.5)
        let values: [Float] = CropSampler(width: width, height: height).sample(frame, pictureFromUnits)
        pixels = (0..<width * height).map {
            let color = SIMD4(values[3 * $0], values[3 * $0 + 1], values[3 * $0 + 2], 0)
            return color * 127.5 + SIMD4(127.5, 128, 128, 0)
        }
    }

    /// Fills `target` with the transformed picture; Cb and Cr are means of 2 × 2 pixels. `warp` says for a pixel of the target which
    /// one's place it shows.
    func draw(
        _ targetFromOriginal: SimilarityMap, noise: ColorNoise, into target: PixelBuffer,
        warp: (Point) -> Point = { $0 }
    ) {
        precondition(target.chromaShift == (1, 1) && target.width % 2 == 0 && target.height % 2 == 0, "not whole 4:2:0")
        var noise = noise
        let size = Double(factor)
        let stillFromTarget = targetFromOriginal.inverse.then(
            SimilarityMap(a: 1 / size, b: 0, tx: 0.5 / size - 0.5, ty: 0.5 / size - 0.5))
        let (luma, blue, red) = (target.plane(0), target.plane(1), target.plane(2))
        pixels.withUnsafeBufferPointer { pixels in
            for y in stride(from: 0, to: target.height, by: 2) {
                for x in stride(from: 0, to: target.width, by: 2) {
                    var sum = SIMD4<Float>.zero
                    for (i, j) in [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)] {
                        let color = sample(pixels, stillFromTarget(warp(Point(Double(i), Double(j))))) + noise.next()
                        luma[j * target.width + i] = Self.level(color.x)
                        sum += color
                    }
                    let place = y / 2 * target.chromaWidth + x / 2
                    blue[place] = Self.level(sum.y / 4)
                    red[place] = Self.level(sum.z / 4)
                }
            }
        }
    }

    private func sample(_ pixels: UnsafeBufferPointer<SIMD4<Float>>, _ place: Point) -> SIMD4<Float> {
        let corner = place.rounded(.down)
        let (column, row) = (Int(corner.x), Int(corner.y))
        let (across, down) = (Self.cubic(Float(place.x - corner.x)), Self.cubic(Float(place.y - corner.y)))
        var sum = SIMD4<Float>.zero
        for j in 0..<4 {
            let line = min(max(row + j - 1, 0), height - 1) * width
            var part = SIMD4<Float>.zero
            for i in 0..<4 { part += across[i] * pixels[line + min(max(column + i - 1, 0), width - 1)] }
            sum += down[j] * part
        }
        return sum
    }

    /// Weights of the four samples around a place `t` behind the second. Source: Keys 1981, with a = −0.75 as usual in tools.
    static func cubic(_ t: Float) -> SIMD4<Float> {
        let a: Float = -0.75
        func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
        func far(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return SIMD4(far(1 + t), near(t), near(1 - t), far(2 - t))
    }

    private static func level(_ value: Float) -> UInt8 { UInt8(max(0, min(255, value.rounded()))) }
}

/// Independent, nearly normal noise of red, green and blue, as Y, Cb, Cr (BT.601).
struct ColorNoise {
    private let sigma: Float
    private var random: SplitMix64

    init(sigma: Double, _ random: SplitMix64) { (self.sigma, self.random) = (Float(sigma), random) }

    mutating func next() -> SIMD4<Float> {
        let (red, green, blue) = (normal(), normal(), normal())
        let luma = 0.299 * red + 0.587 * green + 0.114 * blue
        return sigma * SIMD4(luma, 0.564 * (blue - luma), 0.713 * (red - luma), 0)
    }

    /// The sum of four uniform numbers, brought to mean 0 and deviation 1.
    private mutating func normal() -> Float {
        let bits = random.next()
        let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
        return (Float(sum) / 65536 - 2) * Float(3).squareRoot()
    }
}
