import Base
import CKernels

/// Samples crops from a frame's planes as they are: nothing but the needed pixels is read, and no frame is converted.
///
/// Thread-bound: it owns scratch memory, which grows with the first crops and then stays, so that sampling allocates nothing.
package final class CropSampler {
    /// Pixels along the sides of the crops, and the longer one.
    package let width: Int
    package let height: Int
    package let side: Int
    private var scratch: UnsafeMutableRawBufferPointer

    /// Square crops.
    package convenience init(side: Int) { self.init(width: side, height: side) }

    /// Crop units of crops that are not square are their widths: pixel (i, j) has its centre at ((i + 0.5)/width, (j + 0.5)/width).
    package init(width: Int, height: Int) {
        precondition(1...4096 ~= width && 1...4096 ~= height, "a crop of \(width)×\(height) pixels")
        (self.width, self.height, side) = (width, height, max(width, height))
        scratch = .allocate(byteCount: lm_crop_scratch_bytes(Int32(side), 1024), alignment: 64)
    }

    deinit { scratch.deallocate() }

    /// Writes `[height, width, 3]` floats: Y, Cb, Cr scaled to −1…1 by the frame's range; −1, 0, 0 outside the picture.
    ///
    /// - Parameters:
    ///   - frameFromCrop: from crop units to the picture as displayed, its pixels made square, as `CropLayout` gives it.
    ///   - mirrored: the crop is flipped left to right after sampling.
    ///   - grey: colour is left out, Cb = Cr = 0.
    ///   - coarse: pixels along a side of a square crop, where fewer than the sampler's are wanted.
    ///   - pixels: holds 3·width·height floats; any alignment.
    package func sample(
        _ frame: Frame, _ frameFromCrop: SimilarityMap, mirrored: Bool = false, grey: Bool = false, coarse: Int? = nil,
        into pixels: UnsafeMutableBufferPointer<Float>
    ) {
        let (width, height) = (coarse ?? width, coarse ?? height)
        precondition(max(width, height) <= side, "crop of \(width)×\(height) pixels by a sampler of \(side)")
        precondition(pixels.count == 3 * width * height, "crop of \(width)×\(height)×3 into \(pixels.count) floats")
        var source = lm_crop_source(frame, grey: grey)
        let affine = storedAffine(frameFromCrop, frame, mirrored: mirrored, side: width)
        let needed = lm_crop_scratch_bytes(Int32(side), Int32(frame.width))
        if needed > scratch.count {
            scratch.deallocate()
            scratch = .allocate(byteCount: needed, alignment: 64)
        }
        withUnsafePointer(to: affine) { affine in
            affine.withMemoryRebound(to: Double.self, capacity: 6) { affine in
                lm_crop_sample(
                    pixels.baseAddress!, Int32(width), Int32(height), &source, affine, scratch.baseAddress!)
            }
        }
    }

    /// The same into an array, for callers that do not mind the allocation.
    package func sample(
        _ frame: Frame, _ frameFromCrop: SimilarityMap, mirrored: Bool = false, grey: Bool = false
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: 3 * width * height) { pixels, count in
            count = 3 * width * height
            sample(
                frame, frameFromCrop, mirrored: mirrored, grey: grey,
                into: UnsafeMutableBufferPointer(rebasing: pixels[..<count])
            )
        }
    }

    /// Rows (xx, xy, x0), (yx, yy, y0) of the map from (column, row) of the crop to the stored luma plane.
    func storedAffine(
        _ frameFromCrop: SimilarityMap, _ frame: Frame, mirrored: Bool, side: Int
    ) -> (Double, Double, Double, Double, Double, Double) {
        let origin = frame.stored(frameFromCrop(cropUnit(0, 0, mirrored, side)))
        let right = frame.stored(frameFromCrop(cropUnit(1, 0, mirrored, side))) - origin
        let down = frame.stored(frameFromCrop(cropUnit(0, 1, mirrored, side))) - origin
        return (right.x, down.x, origin.x, right.y, down.y, origin.y)
    }

    private func cropUnit(_ column: Double, _ row: Double, _ mirrored: Bool, _ side: Int) -> Point {
        let unit = (Point(column, row) + 0.5) / Double(side)
        return mirrored ? Point(1 - unit.x, unit.y) : unit
    }
}

extension Frame {
    /// Place in the stored picture of a place in the displayed one with square pixels: the stretch undone, the turns, then the flip.
    func stored(_ square: Point) -> Point {
        let p = displayedPixelShape.pixelsFromSquare(square)
        let (right, bottom) = (Double(width - 1), Double(height - 1))
        let flipped: Point =
            switch orientation.quarterTurns {
            case 1: Point(p.y, bottom - p.x)
            case 2: Point(right - p.x, bottom - p.y)
            case 3: Point(right - p.y, p.x)
            default: p
            }
        return orientation.mirrored ? Point(right - flipped.x, flipped.y) : flipped
    }
}

extension lm_crop_source {
    /// The frame's planes and the scaling of its range to −1…1 (ITU-R BT.601 levels when the range is limited).
    init(_ frame: Frame, grey: Bool) {
        let unit = Float(1 << (frame.bitDepth - 8))
        let top = Float(1 << frame.bitDepth) - 1
        self.init()
        luma = lm_plane(frame.luma, frame.width, frame.height, frame.bitDepth)
        let (sx, sy) = frame.chromaShift
        (shift_x, shift_y) = (Int32(sx), Int32(sy))
        if let chroma = frame.chroma, !grey {
            let width = (frame.width + (1 << sx) - 1) >> sx
            let height = (frame.height + (1 << sy) - 1) >> sy
            blue = lm_plane(chroma.cb, width, height, frame.bitDepth)
            red = lm_plane(chroma.cr, width, height, frame.bitDepth)
        }
        if frame.fullRange {
            (luma_black, luma_gain) = (0, 2 / top)
            (chroma_neutral, chroma_gain) = (128 * unit, 2 / top)
        } else {
            (luma_black, luma_gain) = (16 * unit, 2 / (219 * unit))
            (chroma_neutral, chroma_gain) = (128 * unit, 1 / (112 * unit))
        }
    }
}

extension lm_plane {
    init(_ plane: Plane, _ width: Int, _ height: Int, _ bitDepth: Int) {
        self.init(
            base: plane.base, row_stride: plane.rowStride, sample_stride: plane.sampleStride, width: Int32(width),
            height: Int32(height), wide: bitDepth > 8 ? 1 : 0)
    }
}
