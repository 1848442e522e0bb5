import Base
import CFFmpeg
import Glibc

/// Writes pictures with their times as H.264 (MPEG-4 part 2 where FFmpeg has no H.264 encoder) in MP4, or in MOV or
/// Matroska as the name's ending says.
///
/// The file grows as `PATH.partial`; `finish` completes and renames it. Without `finish` the partial file is removed.
/// What is at the path and is not a regular file is written to as it is: a pipe gets an MP4 in fragments. The same
/// pictures give the same bytes.
package final class VideoWriter {  // thread-bound
    /// Units of the stream's clock in a second: MPEG's.
    static let ticks: Int32 = 90_000
    /// Seconds that a picture is shown at most: MP4 cannot hold a gap of days.
    private static let longestGap = 3600.0

    private let size: (width: Int, height: Int)
    private let encoding: VideoEncoding
    private let encoder: VideoEncoder
    private let scaler = PictureScaler()
    private let packet = Packet()
    private let output: OutputStream
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private var origin: Double?
    private var lastTime: Double?
    private var lastStamp: Int64 = -1
    private var isFinished = false

    /// Pictures of `width` × `height`, of which H.264 drops an odd last column and row. `frameRate` (frames a second) is
    /// a hint for the encoder. Players stretch pictures whose pixels are not square. `quality`: 0 lossless, 18 looks like it, 23 small, … 51.
    ///
    /// Throws `usage` (an ending of another format), `cannotCreate` (folder), `noPermission`, `unavailable` (no encoder).
    package convenience init(
        _ path: String, width: Int, height: Int, frameRate: Double = 30, quality: Int = 20, fullRange: Bool = false,
        pixelShape: PixelShape = PixelShape(), threads: Int = 1
    ) throws(LandmarkdError) {
        var encoding = VideoEncoding()
        (encoding.quality, encoding.fullRange, encoding.threads) = (quality, fullRange, threads)
        encoding.pixelShape = pixelShape
        encoding.container = try Self.container(of: path)
        try self.init(path, width: width, height: height, frameRate: frameRate, encoding: encoding)
    }

    init(
        _ path: String, width: Int, height: Int, frameRate: Double, encoding: VideoEncoding
    ) throws(LandmarkdError) {
        precondition(width > 0 && height > 0 && frameRate > 0, "\(width)x\(height) at \(frameRate)")
        ffmpegIsQuiet
        self.encoding = encoding
        size = VideoEncoder.codedSize(width, height, encoding)
        guard let container = av_guess_format(encoding.container, nil, nil) else {
            preconditionFailure("no container \(encoding.container)")
        }
        encoder = try VideoEncoder(
            encoding, width: size.width, height: size.height, frameRate: frameRate,
            globalHeader: container.pointee.flags & AVFMT_GLOBALHEADER != 0)
        output = try OutputStream(path)
        _ = output.address.withSystemPath { avformat_alloc_output_context2(&format, container, nil, $0) }
        guard let format else { preconditionFailure("no memory for a container") }
        format.pointee.flags |= AVFMT_FLAG_BITEXACT
        try begin(format)
    }

    deinit {
        guard let format else { return }
        avformat_free_context(format)
        if !isFinished { output.discard() }
    }

    /// FFmpeg's container for the ending of a file's name: MP4 where it has none.
    ///
    /// Throws `usage` where the ending is not that of a format which is written.
    @discardableResult public static func container(of path: String) throws(LandmarkdError) -> String {
        try requireEnding(
            of: path, among: ["mp4", "m4v", "mov", "mkv"], "videos are written as MP4, MOV or Matroska")
        return switch path.fileEnding {
        case "mov": "mov"
        case "mkv": "matroska"
        default: "mp4"
        }
    }

    /// Adds a picture of the writer's size, shown from `time` (seconds, growing) until the next one's.
    ///
    /// Throws `inputOutput` (full disk).
    package func write(_ picture: PixelBuffer, time: Double) throws(LandmarkdError) {
        precondition(!isFinished, "writing to \(output.name) after finish")
        precondition(
            picture.width >= size.width && picture.height >= size.height,
            "\(picture.width)x\(picture.height) into \(size)")
        let gap = time - (lastTime ?? time)
        let start = (origin ?? time) + (gap > Self.longestGap ? gap - Self.longestGap : 0)
        (origin, lastTime) = (start, time)
        lastStamp = max(lastStamp + 1, Int64(exactly: ((time - start) * Double(Self.ticks)).rounded()) ?? 0)
        let source = encodable(picture)
        source.pointer.pointee.pts = av_rescale_q(
            lastStamp, AVRational(num: 1, den: Self.ticks), encoder.context!.pointee.time_base)
        source.pointer.pointee.quality = encoder.context!.pointee.global_quality
        try check(avcodec_send_frame(encoder.context, source.pointer))
        try writePackets()
    }

    /// Completes the file and gives it its name. Throws `inputOutput` (full disk), `cannotCreate`.
    package func finish() throws(LandmarkdError) {
        guard !isFinished else { return }
        try check(avcodec_send_frame(encoder.context, nil))
        try writePackets()
        try check(av_write_trailer(format))
        try check(output.close())
        format?.pointee.pb = nil
        try output.commit()
        isFinished = true
    }

    private func begin(_ format: UnsafeMutablePointer<AVFormatContext>) throws(LandmarkdError) {
        guard let stream = avformat_new_stream(format, nil) else { preconditionFailure("no memory for a stream") }
        avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context)
        stream.pointee.time_base = encoder.context!.pointee.time_base
        stream.pointee.avg_frame_rate = encoder.context!.pointee.framerate
        stream.pointee.sample_aspect_ratio = encoder.context!.pointee.sample_aspect_ratio
        if encoding.orientation != Orientation() {
            let isSet = lm_stream_set_display_matrix(stream, encoding.orientation.displayMatrix) == 0
            precondition(isSet, "no memory for a display matrix")
        }
        format.pointee.pb = output.pointer
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        if ["mp4", "mov"].contains(encoding.container) {
            let flags = output.isSeekable ? "faststart" : "frag_keyframe+empty_moov+default_base_moof"
            av_dict_set(&options, "movflags", flags, 0)
        }
        try check(avformat_write_header(format, &options))
    }

    /// The picture as the encoder wants it, without its odd column and row.
    private func encodable(_ picture: PixelBuffer) -> Picture {
        guard let view = Picture(viewing: picture.frame(fullRange: encoding.fullRange)) else {
            preconditionFailure("chroma shift \(picture.chromaShift)")
        }
        (view.pointer.pointee.width, view.pointer.pointee.height) = (Int32(size.width), Int32(size.height))
        if view.format == encoding.pixelFormat { return view }
        let converted = scaler.scaled(
            view, sourceFullRange: encoding.fullRange,
            to: PictureScaler.Side(
                width: size.width, height: size.height, format: encoding.pixelFormat, fullRange: encoding.fullRange),
            flags: SWS_BILINEAR)
        guard let converted else { preconditionFailure("no conversion to \(encoding.pixelFormat)") }
        return converted
    }

    private func writePackets() throws(LandmarkdError) {
        while true {
            let code = avcodec_receive_packet(encoder.context, packet.pointer)
            if code == lm_averror_eagain || code == lm_averror_eof { return }
            try check(code)
            let stream = format!.pointee.streams[0]!
            av_packet_rescale_ts(packet.pointer, encoder.context!.pointee.time_base, stream.pointee.time_base)
            packet.pointer.pointee.stream_index = 0
            try check(av_interleaved_write_frame(format, packet.pointer))
        }
    }

    private func check(_ code: Int32) throws(LandmarkdError) {
        guard code < 0 else { return }
        throw LandmarkdError(
            .inputOutput, "\(output.name): writing: \(ffmpegText(code))",
            remedy: writingRemedy(-code))
    }
}
