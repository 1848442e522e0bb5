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

    /// FFmpeg's view of a frame, for scaling and encoding: the picture that the frame points into, or one over its planes. Nil where
    /// their layout is not known.
    static func of(_ frame: Frame) -> Picture? { (frame.owner as? Picture) ?? Picture(viewing: frame) }

    /// FFmpeg's view of a frame that is not FFmpeg's own; nil as above.
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

    /// A copy of a picture that lies in one piece of memory. Nil where the bytes are too few, or memory runs out.
    convenience init?(copying bytes: UnsafeRawBufferPointer, _ planes: PackedPlanes, width: Int, height: Int) {
        self.init(memory: nil)
        let source = Picture()
        for picture in [source, self] {
            picture.pointer.pointee.width = Int32(width)
            picture.pointer.pointee.height = Int32(height)
            picture.pointer.pointee.format = planes.format.rawValue
        }
        guard planes.byteCount <= bytes.count, let start = bytes.baseAddress else { return nil }
        for (index, plane) in planes.planes.enumerated() {
            lm_frame_set_plane(source.pointer, Int32(index), start + plane.offset, Int32(plane.rowStride))
        }
        guard av_frame_get_buffer(pointer, 0) >= 0, av_frame_copy(pointer, source.pointer) >= 0 else { return nil }
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

extension Orientation {
    /// From a display matrix: 9 numbers, rows of (stored x, stored y, shift) to (shown x, shown y); nearest quarter turn.
    init(displayMatrix matrix: UnsafePointer<Int32>) {
        let (a, b, c, d) = (Double(matrix[0]), Double(matrix[1]), Double(matrix[3]), Double(matrix[4]))
        let mirrored = a * d - b * c < 0
        // Where stored "right" points to once shown; a mirrored picture had its left there.
        let (right, down) = mirrored ? (-a, -b) : (a, b)
        let turns = abs(right) >= abs(down) ? (right >= 0 ? 0 : 2) : (down >= 0 ? 1 : 3)
        self.init(quarterTurns: turns, mirrored: mirrored)
    }

    /// The other way; without shifts, which players work out themselves.
    var displayMatrix: [Int32] {
        let one: Int32 = 1 << 16
        let (right, down): (Int32, Int32) = [(one, 0), (0, one), (-one, 0), (0, -one)][quarterTurns]
        let flip: Int32 = mirrored ? -1 : 1
        return [right * flip, down * flip, 0, -down, right, 0, 0, 0, 1 << 30]
    }
}
