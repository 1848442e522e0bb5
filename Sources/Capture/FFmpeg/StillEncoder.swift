import Base
import CFFmpeg

/// Encodes single pictures: PNG for sheets and curves, JPEG for previews.
enum StillEncoder {
    /// The bytes of a whole file in the given format, from a frame as stored (its orientation is not applied).
    ///
    /// `quantizer`: of JPEG, 1 (best) to 31.
    ///
    /// Throws `internalFault` where this FFmpeg has no such encoder or it refuses.
    static func encode(
        _ frame: Frame, codec id: AVCodecID, format: AVPixelFormat, fullRange: Bool = true,
        quantizer: Int32? = nil
    ) throws(LandmarkdError) -> [UInt8] {
        ffmpegIsQuiet
        guard let source = Picture.of(frame),
            let picture = PictureScaler().scaled(
                source, sourceFullRange: frame.fullRange,
                to: PictureScaler.Side(width: frame.width, height: frame.height, format: format, fullRange: fullRange),
                flags: SWS_BILINEAR | SWS_FULL_CHR_H_INT)
        else { throw fault("no conversion to what the encoder takes") }
        guard let codec = avcodec_find_encoder(id), let context = avcodec_alloc_context3(codec) else {
            throw fault("this FFmpeg has no such encoder")
        }
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        defer { avcodec_free_context(&owned) }
        context.pointee.width = Int32(frame.width)
        context.pointee.height = Int32(frame.height)
        context.pointee.pix_fmt = format
        context.pointee.color_range = fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        context.pointee.time_base = AVRational(num: 1, den: 25)
        context.pointee.strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL
        if let quantizer {
            context.pointee.flags |= AV_CODEC_FLAG_QSCALE
            context.pointee.global_quality = quantizer * FF_QP2LAMBDA
            picture.pointer.pointee.quality = quantizer * FF_QP2LAMBDA
        }
        let packet = Packet()
        var code = avcodec_open2(context, codec, nil)
        if code >= 0 { code = avcodec_send_frame(context, picture.pointer) }
        if code >= 0 { code = avcodec_receive_packet(context, packet.pointer) }
        guard code >= 0 else { throw fault(ffmpegText(code)) }
        return Array(UnsafeBufferPointer(start: packet.pointer.pointee.data, count: Int(packet.pointer.pointee.size)))
    }

    private static func fault(_ why: String) -> LandmarkdError {
        LandmarkdError(.internalFault, "encoding a picture: \(why)", remedy: "install Debian's libavcodec")
    }
}

/// Writes the picture as an 8-bit RGB PNG; `fullRange` is the range of its samples.
///
/// Whole or not at all. Throws `cannotCreate` or `inputOutput`.
package func writePNG(_ picture: PixelBuffer, to path: String, fullRange: Bool = false) throws(LandmarkdError) {
    let bytes = try StillEncoder.encode(
        picture.frame(fullRange: fullRange), codec: AV_CODEC_ID_PNG, format: AV_PIX_FMT_RGB24)
    try writeFile(path, bytes)
}

/// Throws `.usage` where a name's ending is not that of the pictures which `writePNG` writes.
package func requirePNG(_ path: String) throws(LandmarkdError) {
    try requireEnding(of: path, among: ["png"], "pictures are written as PNG")
}

/// The picture as a JPEG file of good quality for its size; `fullRange` is the range of its samples.
///
/// Throws `internalFault` where FFmpeg cannot.
package func jpegFile(_ picture: PixelBuffer, fullRange: Bool = false) throws(LandmarkdError) -> [UInt8] {
    try StillEncoder.encode(
        picture.frame(fullRange: fullRange), codec: AV_CODEC_ID_MJPEG, format: AV_PIX_FMT_YUV420P, quantizer: 4)
}
