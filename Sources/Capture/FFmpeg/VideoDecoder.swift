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

    /// `isRaw`: what the parameters say of the rate is FFmpeg's own invention. Throws `unusableData` where this FFmpeg
    /// cannot decode the stream.
    init(
        _ parameters: UnsafeMutablePointer<AVCodecParameters>, threads: Int, path: String, isRaw: Bool = false
    ) throws(LandmarkdError) {
        name = String(cString: avcodec_get_name(parameters.pointee.codec_id))
        try open(parameters.pointee.codec_id, path) { context in
            context.pointee.thread_count = Int32(threads)
            let code = avcodec_parameters_to_context(context, parameters)
            if isRaw { context.pointee.framerate = AVRational(num: 0, den: 1) }
            // A crop at the left is else rounded down so that rows stay aligned, and coordinates are off by up to 63 pixels.
            context.pointee.flags |= AV_CODEC_FLAG_UNALIGNED
            return code
        }
    }

    /// For pictures that come one by one, each whole in itself: half a picture is none. Throws as above.
    init(_ codec: AVCodecID, path: String, largest: Int64 = 1 << 28) throws(LandmarkdError) {
        name = String(cString: avcodec_get_name(codec))
        try open(codec, path) { context in
            context.pointee.thread_count = 1
            context.pointee.max_pixels = largest
            context.pointee.err_recognition = AV_EF_EXPLODE
            return 0
        }
    }

    private func open(
        _ id: AVCodecID, _ path: String, _ configure: (UnsafeMutablePointer<AVCodecContext>) -> Int32
    ) throws(LandmarkdError) {
        let codec = avcodec_find_decoder(id)
        context = avcodec_alloc_context3(codec)
        context?.pointee.max_pixels = 1 << 28
        var code = context.map(configure) ?? -ENOMEM
        if code >= 0 { code = codec == nil ? lm_averror_invalid_data : avcodec_open2(context, codec, nil) }
        guard code >= 0 else {
            throw LandmarkdError(
                .unusableData, "\(path): no decoder for its \(name) pictures: \(ffmpegText(code))",
                remedy: "convert it: ffmpeg -i INPUT -c:v libx264 OUTPUT.mp4")
        }
    }

    deinit { avcodec_free_context(&context) }

    /// Frames a second as the pictures themselves state, once one was decoded; nil where they do not.
    var toldRate: Double? {
        guard let rate = context?.pointee.framerate, rate.num > 0, rate.den > 0 else { return nil }
        // Encoders with a varying rate state the ticks of their clock instead, 90,000 a second.
        return 0.1...1000 ~= av_q2d(rate) ? av_q2d(rate) : nil
    }

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

/// Decodes JPEGs that come one by one, as cameras send them.
final class JPEGDecoder {  // thread-bound
    private let decoder: VideoDecoder
    private let scaler = PictureScaler()
    private let packet = Packet()

    /// More pixels than any camera's picture has: a few bytes that claim to be so large are not worth the memory.
    private static let mostPixels: Int64 = 1 << 26

    /// `path`: what messages name. Throws `unusableData` where this FFmpeg has no JPEG decoder.
    init(path: String) throws(LandmarkdError) {
        decoder = try VideoDecoder(AV_CODEC_ID_MJPEG, path: path, largest: Self.mostPixels)
    }

    /// The picture in the bytes, in a format that a `Frame` can read; nil where there is none, or only a part.
    func picture(in bytes: UnsafeRawBufferPointer) -> Picture? {
        av_packet_unref(packet.pointer)
        guard let size = Int32(exactly: bytes.count), av_new_packet(packet.pointer, size) >= 0 else { return nil }
        UnsafeMutableRawBufferPointer(start: packet.pointer.pointee.data, count: bytes.count).copyMemory(from: bytes)
        guard decoder.send(packet), case .picture(let picture) = decoder.receive() else { return nil }
        return scaler.readable(picture)
    }

    /// The picture in the bytes as a frame, turned as its EXIF data says; nil as above.
    func frame(of bytes: [UInt8], time: Double) -> Frame? {
        guard let picture = bytes.withUnsafeBytes({ self.picture(in: $0) }) else { return nil }
        // JPEGs in grey span everything, as in `readStill`.
        let isFull = picture.isFullRange || PixelLayout(picture.format).isGrey
        let turned = lm_frame_display_matrix(picture.pointer).map { Orientation(displayMatrix: $0) }
        return Frame(picture, fullRange: isFull, orientation: turned ?? Orientation(), time: time)
    }
}
