import Base
import CKernels

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
