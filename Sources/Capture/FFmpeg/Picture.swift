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

    /// FFmpeg's view of a frame, for scaling and encoding; nil where its planes fit no format that we lend.
    convenience init?(viewing frame: Frame) {
        guard let format = Self.planarFormat(of: frame) else { return nil }
        self.init(memory: frame.owner)
        pointer.pointee.width = Int32(frame.width)
        pointer.pointee.height = Int32(frame.height)
        pointer.pointee.format = format.rawValue
        pointer.pointee.color_range = frame.fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        var planes = [frame.luma]
        if let chroma = frame.chroma { planes += [chroma.blue, chroma.red] }
        for (index, plane) in planes.enumerated() {
            lm_frame_set_plane(pointer, Int32(index), plane.base, Int32(plane.rowStride))
        }
    }

    private static func planarFormat(of frame: Frame) -> AVPixelFormat? {
        guard frame.bitDepth == 8, frame.luma.sampleStride == 1 else { return nil }
        guard let chroma = frame.chroma else { return AV_PIX_FMT_GRAY8 }
        guard chroma.blue.sampleStride == 1, chroma.red.sampleStride == 1 else { return nil }
        switch frame.chromaShift {
        case (1, 1): return AV_PIX_FMT_YUV420P
        case (1, 0): return AV_PIX_FMT_YUV422P
        case (0, 1): return AV_PIX_FMT_YUV440P
        case (0, 0): return AV_PIX_FMT_YUV444P
        case (2, 0): return AV_PIX_FMT_YUV411P
        case (2, 2): return AV_PIX_FMT_YUV410P
        default: return nil
        }
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
