import Base

extension Canvas {
    /// Lays paint over the picture where the mask covers it, and clears the mask.
    func lay(_ paint: Paint) {
        let colour = paint.samples(fullRange: fullRange)
        let opacity = min(1, max(0, paint.opacity))
        mask.use { cover in
            blend(picture.plane(0), picture.width, shift: (0, 0), cover, colour.luma, opacity)
            if picture.hasChroma {
                blend(picture.plane(1), picture.chromaWidth, shift: picture.chromaShift, cover, colour.cb, opacity)
                blend(picture.plane(2), picture.chromaWidth, shift: picture.chromaShift, cover, colour.cr, opacity)
            }
        }
    }

    /// Moves a plane's samples towards `target` by their coverage: the mean over the pixels that a sample stands for.
    private func blend(
        _ plane: UnsafeMutableBufferPointer<UInt8>, _ stride: Int, shift: (x: Int, y: Int),
        _ cover: UnsafeBufferPointer<UInt8>, _ target: Double, _ opacity: Double
    ) {
        let columns = mask.columns.lowerBound >> shift.x...(mask.columns.upperBound - 1) >> shift.x
        let rows = mask.rows.lowerBound >> shift.y...(mask.rows.upperBound - 1) >> shift.y
        // 16 bits after the point.
        let goal = Int(target * 65536 + 0.5)
        for y in rows {
            for x in columns {
                let covered = meanCover(cover, x, y, shift)
                guard covered > 0 else { continue }
                let share = Int(Double(covered) * opacity * 65536 / 255 + 0.5)
                let old = Int(plane[y * stride + x])
                let mixed = (old << 32) + ((goal - old << 16) * share)
                plane[y * stride + x] = UInt8(max(0, min(255, (mixed + 1 << 31) >> 32)))
            }
        }
    }

    private func meanCover(
        _ cover: UnsafeBufferPointer<UInt8>, _ x: Int, _ y: Int, _ shift: (x: Int, y: Int)
    ) -> Int {
        if shift == (0, 0) { return Int(cover[y * mask.width + x]) }
        var (sum, count) = (0, 0)
        for py in y << shift.y..<min(mask.height, (y + 1) << shift.y) {
            for px in x << shift.x..<min(mask.width, (x + 1) << shift.x) {
                sum += Int(cover[py * mask.width + px])
                count += 1
            }
        }
        return count > 0 ? sum / count : 0
    }
}
