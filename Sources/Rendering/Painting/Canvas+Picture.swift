import Base
import CFFmpeg

extension Canvas {
    /// Draws a frame as displayed into a box of the canvas, scaled to fill it; what lies outside is cut off.
    ///
    /// The box's corner is moved to where the canvas's chroma samples begin (even pixels in 4:2:0).
    package func draw(_ frame: Frame, x: Int, y: Int, width: Int, height: Int) {
        precondition(width > 0 && height > 0, "drawing into \(width)x\(height)")
        guard let shown = try? displayedCopy(of: frame).frame(fullRange: false), let source = Picture(viewing: shown),
            let layout = picture.frame(fullRange: fullRange).ffmpegLayout,
            let scaled = PictureScaler().scaled(
                source, sourceFullRange: false,
                to: PictureScaler.Side(width: width, height: height, format: layout.format, fullRange: fullRange),
                flags: width < shown.width ? SWS_AREA : SWS_BICUBIC)
        else { preconditionFailure("no conversion to chroma shift \(picture.chromaShift)") }
        let result = Frame(scaled, fullRange: fullRange, orientation: Orientation(), time: 0)
        copy(result.luma, width, height, plane: 0, x, y)
        guard picture.hasChroma, let chroma = result.chroma else { return }
        let shift = picture.chromaShift
        let (chromaWidth, chromaHeight) = (
            (width + (1 << shift.x) - 1) >> shift.x, (height + (1 << shift.y) - 1) >> shift.y
        )
        copy(chroma.cb, chromaWidth, chromaHeight, plane: 1, x >> shift.x, y >> shift.y)
        copy(chroma.cr, chromaWidth, chromaHeight, plane: 2, x >> shift.x, y >> shift.y)
    }

    private func copy(_ source: Plane, _ width: Int, _ height: Int, plane index: Int, _ x: Int, _ y: Int) {
        let plane = picture.plane(index)
        let (stride, rows) =
            index == 0 ? (picture.width, picture.height) : (picture.chromaWidth, picture.chromaHeight)
        let columns = max(0, -x)..<max(max(0, -x), min(width, stride - x))
        for row in max(0, -y)..<max(max(0, -y), min(height, rows - y)) {
            let from = source.base.assumingMemoryBound(to: UInt8.self) + row * source.rowStride
            let to = plane.baseAddress! + (y + row) * stride + x
            (to + columns.lowerBound).update(from: from + columns.lowerBound, count: columns.count)
        }
    }
}
