import Base
import CFFmpeg

/// FFmpeg's decoder of one stream.
final class VideoDecoder {  // thread-bound
    private var context: UnsafeMutablePointer<AVCodecContext>?
    let name: String

    enum Outcome {
        case picture(Picture)
        case needsPacket
        case failed
        case finished
    }

    /// Throws `unusableData` where this FFmpeg cannot decode the stream.
    init(_ parameters: UnsafeMutablePointer<AVCodecParameters>, threads: Int, path: String) throws(LandmarkdError) {
        name = String(cString: avcodec_get_name(parameters.pointee.codec_id))
        try open(parameters.pointee.codec_id, path) { context in
            context.pointee.thread_count = Int32(threads)
            // A crop at the left is else rounded down so that rows stay aligned, and coordinates are off by up to 63 pixels.
            context.pointee.flags |= AV_CODEC_FLAG_UNALIGNED
            return avcodec_parameters_to_context(context, parameters)
        }
    }

    /// For pictures that come one by one, each whole in itself: half a picture is none. Throws as above.
    init(_ codec: AVCodecID, path: String) throws(LandmarkdError) {
        name = String(cString: avcodec_get_name(codec))
        try open(codec, path) { context in
            context.pointee.thread_count = 1
            context.pointee.err_recognition = AV_EF_EXPLODE
            return 0
        }
    }

    private func open(
        _ id: AVCodecID, _ path: String, _ configure: (UnsafeMutablePointer<AVCodecContext>) -> Int32
    ) throws(LandmarkdError) {
        let codec = avcodec_find_decoder(id)
        context = avcodec_alloc_context3(codec)
        var code = context.map(configure) ?? -ENOMEM
        context?.pointee.max_pixels = 1 << 28
        if code >= 0 { code = codec == nil ? lm_averror_invalid_data : avcodec_open2(context, codec, nil) }
        guard code >= 0 else {
            throw LandmarkdError(
                .unusableData, "\(path): no decoder for its \(name) pictures: \(ffmpegText(code))",
                remedy: "convert it: ffmpeg -i INPUT -c:v libx264 OUTPUT.mp4")
        }
    }

    deinit { avcodec_free_context(&context) }

    /// Gives the decoder a packet, or nil at the end of the stream; false where it could not be decoded.
    func send(_ packet: Packet?) -> Bool { avcodec_send_packet(context, packet?.pointer) >= 0 }

    func receive() -> Outcome {
        let picture = Picture()
        switch avcodec_receive_frame(context, picture.pointer) {
        case 0: return .picture(picture)
        case lm_averror_eagain: return .needsPacket
        case lm_averror_eof: return .finished
        default: return .failed
        }
    }
}
