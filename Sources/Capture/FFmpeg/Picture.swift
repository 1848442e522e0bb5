import Base
import CFFmpeg

/// Owns one reference to a picture of FFmpeg's, whose planes a `Frame` points into.
final class Picture: @unchecked Sendable {  // Sendable: written only before it is shared
    let pointer: UnsafeMutablePointer<AVFrame>
    /// Whose memory the planes are, where it is not FFmpeg's.
    private let memory: AnyObject?

    /// Nothing yet: for a decoder or scaler to fill.
    convenience init() { self.init(memory: nil) }

    private init(memory: AnyObject?) {
        guard let pointer = av_frame_alloc() else { preconditionFailure("no memory for a picture") }
        (self.pointer, self.memory) = (pointer, memory)
    }

    /// FFmpeg's view of a frame that is not FFmpeg's own, for scaling and encoding; nil where its layout is not known.
    convenience init?(viewing frame: Frame) {
        guard let (format, planes) = frame.ffmpegLayout else { return nil }
        self.init(memory: frame.owner)
        pointer.pointee.width = Int32(frame.width)
        pointer.pointee.height = Int32(frame.height)
        pointer.pointee.format = format.rawValue
        pointer.pointee.color_range = frame.fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        for (index, plane) in planes.enumerated() {
            lm_frame_set_plane(pointer, Int32(index), plane.base, Int32(plane.rowStride))
        }
    }

    /// A copy of a picture in one piece of memory, its planes one after the other as V4L2 lays them.
    ///
    /// `rowStride` is the first plane's, in bytes, 0 where rows have no padding; the others' are in proportion. Nil
    /// where the bytes are too few, or memory lacks.
    convenience init?(
        copying bytes: UnsafeRawBufferPointer, _ format: AVPixelFormat, width: Int, height: Int, rowStride: Int
    ) {
        let source = Picture()
        self.init(memory: nil)
        for picture in [source, self] {
            picture.pointer.pointee.width = Int32(width)
            picture.pointer.pointee.height = Int32(height)
            picture.pointer.pointee.format = format.rawValue
        }
        var rows: [Int32] = [0, 0, 0, 0]
        guard let start = bytes.baseAddress, av_image_fill_linesizes(&rows, format, Int32(width)) >= 0, rows[0] > 0
        else { return nil }
        let (packed, shift) = (Int(rows[0]), PixelLayout(format).descriptor.log2_chroma_h)
        var offset = 0
        for plane in 0..<4 where rows[plane] > 0 {
            let stride = Int(rows[plane]) * max(rowStride, packed) / packed
            lm_frame_set_plane(source.pointer, Int32(plane), start + offset, Int32(stride))
            offset += stride * (plane == 0 ? height : (height + (1 << shift) - 1) >> shift)
        }
        guard offset <= bytes.count, av_frame_get_buffer(pointer, 0) >= 0,
            av_frame_copy(pointer, source.pointer) >= 0
        else { return nil }
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&pointer)
    }

    var width: Int { Int(pointer.pointee.width) }
    var height: Int { Int(pointer.pointee.height) }
    var format: AVPixelFormat { AVPixelFormat(pointer.pointee.format) }

    /// True where Y, Cb and Cr span all values: said by the stream, or by the old "yuvj" formats.
    var isFullRange: Bool {
        let old = [AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P]
        return pointer.pointee.color_range == AVCOL_RANGE_JPEG || (old + [AV_PIX_FMT_YUVJ411P]).contains(format)
    }
}
