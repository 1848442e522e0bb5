import CFFmpeg

/// Where the planes of a picture lie in one piece of memory: one after the other, as V4L2 lays them.
struct PackedPlanes {
    let format: AVPixelFormat
    let planes: [(offset: Int, rowStride: Int)]
    /// What a whole picture takes.
    let byteCount: Int

    /// `rowStride` is the first plane's, in bytes, 0 where rows have no padding; the others' are in proportion.
    init(_ format: AVPixelFormat, width: Int, height: Int, rowStride: Int) {
        self.format = format
        var rows: [Int32] = [0, 0, 0, 0]
        _ = av_image_fill_linesizes(&rows, format, Int32(width))
        let packed = max(1, Int(rows[0]))
        let shift = PixelLayout(format).descriptor.log2_chroma_h
        var (planes, offset) = ([(offset: Int, rowStride: Int)](), 0)
        for (index, row) in rows.enumerated() where row > 0 {
            let stride = Int(row) * max(rowStride, packed) / packed
            planes.append((offset, stride))
            offset += stride * (index == 0 ? height : (height + (1 << shift) - 1) >> shift)
        }
        (self.planes, byteCount) = (planes, offset)
    }
}
