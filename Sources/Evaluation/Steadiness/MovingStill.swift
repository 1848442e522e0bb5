import Base
import FaceTracking
import Glibc

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
    package func draw(_ index: Int) -> PixelBuffer {
        let target = PixelBuffer(width: Self.width, height: Self.height)
        picture.draw(
            map(index), noise: ColorNoise(sigma: Self.noise, SplitMix64(seed: seed ^ 0x5EED, index: UInt64(index))),
            into: target)
        return target
    }

    /// sin(2πt / period + phase), `t` in frames.
    private struct Swing: Sendable {
        let period: Double
        let phase: Double

        func callAsFunction(_ t: Double) -> Double { sin(2 * .pi * t / period + phase) }
    }
}
