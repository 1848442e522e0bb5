import Base
import CFFmpeg

/// What a `VideoWriter` writes: encoder, its pixel format and options, and the container.
struct VideoEncoding {
    /// FFmpeg's encoder names, best first; the first one that opens is taken.
    var encoders = ["libx264", "libopenh264", "mpeg4"]
    var pixelFormat = AV_PIX_FMT_YUV420P
    var fullRange = false
    /// Constant quality: 0 (lossless) … 51, as x264 counts.
    var quality = 20
    /// Pictures from one key picture to the next, at most: players jump to these.
    var keyInterval = 50
    var reorderedPictures = 2
    var threads = 1
    var container = "mp4"
    var orientation = Orientation()
    var pixelShape = PixelShape()
}

/// An FFmpeg encoder of one stream.
final class VideoEncoder {  // thread-bound
    private(set) var context: UnsafeMutablePointer<AVCodecContext>?

    /// Throws `unavailable` where none of the encoders opens.
    init(
        _ encoding: VideoEncoding, width: Int, height: Int, frameRate: Double, globalHeader: Bool
    ) throws(LandmarkdError) {
        var code = lm_averror_invalid_data
        for name in encoding.encoders {
            guard let codec = avcodec_find_encoder_by_name(name) else { continue }
            avcodec_free_context(&context)
            context = avcodec_alloc_context3(codec)
            configure(encoding, name, width, height, frameRate)
            if globalHeader { context!.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
            code = avcodec_open2(context, codec, nil)
            if code >= 0 { return }
        }
        throw LandmarkdError(
            .unavailable, "no video encoder of \(encoding.encoders.joined(separator: ", ")): \(ffmpegText(code))",
            remedy: "install Debian's libavcodec with libx264")
    }

    deinit { avcodec_free_context(&context) }

    /// H.264 and its kin halve the chroma of whole pairs of rows and columns only.
    static func codedSize(_ width: Int, _ height: Int, _ encoding: VideoEncoding) -> (Int, Int) {
        let needsEven = encoding.encoders.contains { $0.contains("264") || $0.contains("265") }
        return needsEven ? (max(2, width & ~1), max(2, height & ~1)) : (width, height)
    }

    private func configure(_ encoding: VideoEncoding, _ name: String, _ width: Int, _ height: Int, _ rate: Double) {
        let context = context!
        context.pointee.width = Int32(width)
        context.pointee.height = Int32(height)
        context.pointee.pix_fmt = encoding.pixelFormat
        context.pointee.color_range = encoding.fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        context.pointee.framerate = av_d2q(rate, 100_000)
        // MPEG-4 part 2 keeps 16 bits of a denominator.
        context.pointee.time_base = AVRational(num: 1, den: name == "mpeg4" ? 60_000 : VideoWriter.ticks)
        if !encoding.pixelShape.isSquare {
            context.pointee.sample_aspect_ratio = av_d2q(encoding.pixelShape.aspect, 1 << 15)
        }
        context.pointee.gop_size = Int32(encoding.keyInterval)
        context.pointee.thread_count = Int32(encoding.threads)
        context.pointee.flags |= AV_CODEC_FLAG_BITEXACT
        context.pointee.strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL
        if name == "libx264" || name == "libx265" {
            context.pointee.max_b_frames = Int32(encoding.reorderedPictures)
            av_opt_set(context.pointee.priv_data, "preset", "veryfast", 0)
            av_opt_set(context.pointee.priv_data, "crf", "\(encoding.quality)", 0)
            // x264 164 with AVX-512 takes the last macroblock's weight in its macroblock tree from memory that nobody wrote, so that
            // the same pictures do not always give the same bytes.
            if name == "libx264" { av_opt_set(context.pointee.priv_data, "mbtree", "0", 0) }
            if name == "libx265" { av_opt_set(context.pointee.priv_data, "x265-params", "log-level=none", 0) }
        } else {
            // A fixed quantiser, 2 … 31; 20 of x264's scale is about 4.
            context.pointee.flags |= AV_CODEC_FLAG_QSCALE
            context.pointee.global_quality = FF_QP2LAMBDA * Int32(max(2, encoding.quality / 5))
        }
    }
}
