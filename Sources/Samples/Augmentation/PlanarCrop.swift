import Base
import CKernels
import FaceTracking
import Glibc

/// A crop's Y, Cb and Cr as three planes, and the photometric changes that can be made to them in place.
///
/// Thread-bound; allocates nothing after `init`. Values are −1…1, as `CropSampler` gives them.
package final class PlanarCrop {
    package let side: Int
    /// Changes only the noise that a seed produces.
    var noiseSalt: UInt64 = 0
    private let sampler: CropSampler
    private let memory: UnsafeMutableBufferPointer<Float>
    private let planes: UnsafeMutablePointer<Float>
    private let texture: UnsafeMutablePointer<Float>
    private let pixels: UnsafeMutablePointer<Float>
    private let scratch: UnsafeMutablePointer<Float>
    private var curve = [Float](repeating: 0, count: 129)
    private var blurTaps = [Float](repeating: 0, count: 32)
    private var stroke = Stroke()

    package enum Channel: Int, Sendable { case luma, cb, cr }

    package init(side: Int) {
        self.side = side
        sampler = CropSampler(side: side)
        let crop = 3 * side * side
        memory = .allocate(capacity: 3 * crop + max(crop, (side + 32) * (side + 32)) + 64)
        memory.initialize(repeating: 0)
        let base = memory.baseAddress!
        (planes, texture, pixels, scratch) = (base, base + crop, base + 2 * crop, base + 3 * crop)
    }

    deinit { memory.deallocate() }

    /// Takes a crop of the frame. `coarse`: sampled with that many pixels a side only, then enlarged.
    package func sample(_ frame: Frame, _ frameFromCrop: SimilarityMap, mirrored: Bool = false, coarse: Int? = nil) {
        sample(frame, frameFromCrop, mirrored: mirrored, coarse: coarse, into: planes)
    }

    /// Takes a crop of another picture, for `occlude(_:textured:)` and `paste(_:)`.
    package func sampleTexture(_ frame: Frame, _ frameFromCrop: SimilarityMap, mirrored: Bool = false) {
        sample(frame, frameFromCrop, mirrored: mirrored, coarse: nil, into: texture)
    }

    /// Writes `[side, side, 3]`, held to −1…1.
    package func write(to target: UnsafeMutableBufferPointer<Float>) {
        precondition(target.count == 3 * side * side, "crop of \(side)×\(side)×3 into \(target.count) floats")
        lm_join_planes(target.baseAddress!, planes, side * side)
    }

    private func sample(
        _ frame: Frame, _ frameFromCrop: SimilarityMap, mirrored: Bool, coarse: Int?,
        into target: UnsafeMutablePointer<Float>
    ) {
        let small = min(max(1, coarse ?? side), side)
        let count = 3 * small * small
        sampler.sample(
            frame, frameFromCrop, mirrored: mirrored, coarse: small,
            into: UnsafeMutableBufferPointer(start: pixels, count: count)
        )
        guard small < side else { return lm_split_planes(target, pixels, side * side) }
        let reduced = scratch  // 3·small² floats, and `pixels` is free once they are split
        lm_split_planes(reduced, pixels, small * small)
        for c in 0..<3 {
            lm_enlarge_plane(
                target + c * side * side, Int32(side), reduced + c * small * small, Int32(small), pixels)
        }
    }

    private func plane(_ channel: Channel) -> UnsafeMutablePointer<Float> { planes + channel.rawValue * side * side }
}

// MARK: Photometric changes
extension PlanarCrop {
    /// value·gain + bias.
    package func scale(_ channel: Channel, gain: Double, bias: Double) {
        lm_scale_plane(plane(channel), side * side, Float(gain), Float(bias))
    }

    /// Takes each pixel inside the box from where `source` says that it comes from, bilinear; pixels at both ends, an integer is a
    /// pixel's centre.
    func warp(inside box: Box, _ source: (Point) -> Point) {
        let last = Double(side - 1)
        guard box.high.x >= 0, box.high.y >= 0, box.low.x <= last, box.low.y <= last else { return }
        let count = 3 * side * side
        let before = scratch
        before.update(from: planes, count: count)
        for j in Int(max(0, box.low.y))...Int(min(last, box.high.y)) {
            for i in Int(max(0, box.low.x))...Int(min(last, box.high.x)) {
                let pixel = Point(Double(i), Double(j))
                let place = source(pixel)
                guard place != pixel else { continue }
                let (x, y) = (min(max(place.x, 0), last), min(max(place.y, 0), last))
                let (left, top) = (min(Int(x), side - 2), min(Int(y), side - 2))
                let (fx, fy) = (Float(x - Double(left)), Float(y - Double(top)))
                for c in 0..<3 {
                    let p = before + c * side * side + top * side + left
                    let (above, below) = (p[0] + fx * (p[1] - p[0]), p[side] + fx * (p[side + 1] - p[side]))
                    planes[c * side * side + j * side + i] = above + fy * (below - above)
                }
            }
        }
    }

    /// Luma += share · channel.
    package func mixIntoLuma(_ channel: Channel, share: Double) {
        precondition(channel != .luma, "luma mixed into itself")
        lm_mix_plane(plane(.luma), plane(channel), side * side, Float(share))
    }

    /// Cb = Cr = 0.
    package func removeColor() {
        plane(.cb).update(repeating: 0, count: 2 * side * side)
    }

    /// Luma, as 0…1, to the power of `exponent`.
    package func bend(exponent: Double) {
        let last = Double(curve.count - 1)
        for i in curve.indices { curve[i] = Float(2 * pow(Double(i) / last, exponent) - 1) }
        lm_curve_plane(plane(.luma), side * side, curve, Int32(curve.count))
    }

    /// Light from a side: luma above black × (1 + across·u + down·v), u and v from −1 to 1.
    package func shade(across: Double, down: Double) {
        lm_shade_plane(plane(.luma), Int32(side), Float(across), Float(down))
    }

    /// Adds nearly normal noise of this standard deviation.
    package func addNoise(_ channel: Channel, amplitude: Double, seed: UInt64) {
        lm_noise_plane(plane(channel), side * side, Float(amplitude), seed ^ noiseSalt)
    }

    /// Gaussian blur of all channels, of `sigma` pixels.
    package func blur(sigma: Double) {
        let radius = min(31, max(1, Int((2.7 * sigma).rounded(.up))))
        var sum = 0.0
        for k in 0...radius { sum += (k == 0 ? 1 : 2) * exp(-Double(k * k) / (2 * sigma * sigma)) }
        for k in 0...radius { blurTaps[k] = Float(exp(-Double(k * k) / (2 * sigma * sigma)) / sum) }
        for c in 0..<3 { lm_blur_plane(planes + c * side * side, Int32(side), blurTaps, Int32(radius), scratch) }
    }

    /// Blur along a straight stroke of `length` pixels (at most 31), at `angle` radians.
    package func streak(length: Double, angle: Double) {
        stroke.draw(length: length, angle: angle)
        for c in 0..<3 {
            lm_filter_plane(
                planes + c * side * side, Int32(side), stroke.across, stroke.down, stroke.weights,
                Int32(stroke.weights.count), Int32(stroke.reach), scratch)
        }
    }

    /// Rounds 8×8 blocks' cosine coefficients as JPEG of this quality (1…100) does; `grid`: where blocks start, 0…7.
    package func compress(quality: Int, grid: (x: Int, y: Int)) {
        let (luma, chroma) = quantizerSteps(quality: quality)
        lm_compress_plane(plane(.luma), Int32(side), luma, Int32(grid.x), Int32(grid.y))
        lm_compress_plane(plane(.cb), Int32(side), chroma, Int32(grid.x), Int32(grid.y))
        lm_compress_plane(plane(.cr), Int32(side), chroma, Int32(grid.x), Int32(grid.y))
    }

    /// Covers a part, in the occluder's colour or by the texture that was sampled last.
    package func occlude(_ occluder: Occluder, textured: Bool) {
        var shape = lm_occluder(occluder, side: side)
        lm_occlude_planes(planes, Int32(side), &shape, textured ? texture : nil)
    }

    /// Pastes the texture that was sampled last over the crop, through the mask.
    package func paste(_ mask: PasteMask) {
        // From pixel (i, j) to the mask's own units.
        let first = 0.5 / Double(side)
        let origin = mask.maskPlace(of: Point(first, first))
        let right = mask.maskPlace(of: Point(first + 1 / Double(side), first)) - origin
        let down = mask.maskPlace(of: Point(first, first + 1 / Double(side))) - origin
        let maskFromPixel = [right.x, down.x, origin.x, right.y, down.y, origin.y].map { Float($0) }
        lm_paste_planes(planes, Int32(side), texture, maskFromPixel, Int32(mask.corners.rawValue), Float(mask.feather))
    }
}

extension lm_occluder {
    fileprivate init(_ occluder: Occluder, side: Int) {
        let size = Float(side)
        self.init()
        (cx, cy) = (Float(occluder.centre.x) * size - 0.5, Float(occluder.centre.y) * size - 0.5)
        half = (Float(occluder.half.x) * size, Float(occluder.half.y) * size)
        (cosine, sine) = (Float(cos(occluder.angle)), Float(sin(occluder.angle)))
        color = (Float(occluder.color.0), Float(occluder.color.1), Float(occluder.color.2))
        (grain, seed) = (Float(occluder.grain), occluder.seed)
        edges = Int32(min(8, occluder.edges.count))
        withUnsafeMutableBytes(of: &normal_x) { x in
            withUnsafeMutableBytes(of: &normal_y) { y in
                withUnsafeMutableBytes(of: &reach) { reach in
                    for (k, edge) in occluder.edges.prefix(8).enumerated() {
                        x.storeBytes(of: Float(edge.normal.x), toByteOffset: 4 * k, as: Float.self)
                        y.storeBytes(of: Float(edge.normal.y), toByteOffset: 4 * k, as: Float.self)
                        reach.storeBytes(of: Float(edge.reach) * size, toByteOffset: 4 * k, as: Float.self)
                    }
                }
            }
        }
    }
}
