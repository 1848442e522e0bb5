import Base
import CFFmpeg
import Glibc

/// A container, opened, of whose streams only the best video is read. No other file or address is ever opened.
final class Demuxer {  // thread-bound
    private let faults: any DemuxerFaults
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private(set) var streamIndex: Int32 = -1
    /// Asked by FFmpeg while it waits, through an unowned pointer.
    private let watch: NetworkWatch?
    /// What is read where the file is a pipe or the like; asked as well.
    let streamInput: InputStream?
    private var end = StreamEnd()
    /// Bytes of each picture of a file without a container; nil for others.
    private let rawBytes: Int?

    /// Containers and raw streams of video; those of sound, so that a sound file is recognised as such. Lists, subtitles and
    /// scripts, which may name further files, stay out.
    private static let formats =
        "mov,matroska,avi,gif,apng,mpeg,mpegts,mpegvideo,flv,asf,ogg,nut,ivf,obu,yuv4mpegpipe,h264,hevc,m4v,mjpeg,vc1,mxf,"
        + "dv,rm,mp3,wav,w64,flac,aac,ac3,aiff,amr,au,caf"

    /// Opens a file; `raw` describes one that holds nothing but pictures. Throws `noInput`, `unusableData` or `inputOutput`.
    init(_ path: String, raw: RawVideo? = nil) throws(LandmarkdError) {
        (faults, watch, rawBytes) = (FileFaults(path: path), nil, raw?.bytes)
        _ = try checkedInputSize(path)
        var options = ["protocol_whitelist": "file,pipe", "format_whitelist": raw == nil ? Self.formats : "rawvideo"]
        if let raw { options.merge(raw.demuxerOptions) { $1 } }
        streamInput = FileIdentity(path: path)?.isRegular == false ? try InputStream(path) : nil
        if let streamInput {
            format = avformat_alloc_context()
            format?.pointee.interrupt_callback = streamInput.interruptCallback
        }
        // "file:" keeps a name like "concat:a" a name.
        try open(streamInput.map { "pipe:\($0.descriptor)" } ?? "file:" + path, options, raw == nil ? nil : "rawvideo")
    }

    /// Opens a network stream; `watch` ends waiting, in here and in `read`. Throws the errors of `NetworkFaults`.
    init(_ address: NetworkAddress, watch: NetworkWatch) throws(LandmarkdError) {
        (faults, self.watch, rawBytes) = (NetworkFaults(address: address, watch: watch), watch, nil)
        streamInput = nil
        format = avformat_alloc_context()
        format?.pointee.interrupt_callback = AVIOInterruptCB(
            callback: { Unmanaged<NetworkWatch>.fromOpaque($0!).takeUnretainedValue().mustEnd ? 1 : 0 },
            opaque: Unmanaged.passUnretained(watch).toOpaque())
        // Read only while FFmpeg connects, when it holds the context.
        watch.currentAddress = { [format] in format?.pointee.url.map { String(cString: $0) } ?? address.full }
        defer { watch.currentAddress = nil }
        var options = address.demuxerOptions
        options["format_whitelist"] = "rtsp,mpjpeg," + Self.formats
        try open(address.full, options)
    }

    /// `container`: the only one that it can be; nil where it is found from the bytes.
    private func open(
        _ url: String, _ values: [String: String], _ container: String? = nil
    ) throws(LandmarkdError) {
        ffmpegIsQuiet
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        for (name, value) in values { av_dict_set(&options, name, value, 0) }
        let code = url.withSystemPath {
            avformat_open_input(&format, $0, container.flatMap { av_find_input_format($0) }, &options)
        }
        guard code >= 0 else { throw faults.opening(code) }
        let found = avformat_find_stream_info(format, nil)
        guard found >= 0 else { throw faults.opening(found) }
        try pickStream()
    }

    deinit {
        if let format { _ = FFmpegLog.takeEndedEarly(format) }
        avformat_close_input(&format)
    }

    var stream: UnsafeMutablePointer<AVStream> { format!.pointee.streams[Int(streamIndex)]! }
    var formatName: String { String(cString: format!.pointee.iformat.pointee.name) }

    /// Frames a second by the container or by the first frames; 0 where unknown.
    var frameRate: Double {
        let rate = av_guess_frame_rate(format, stream, nil)
        return rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0
    }

    /// Shape of the stored pictures' pixels: the container's word counts before the codec's.
    func pixelShape(of picture: Picture?) -> PixelShape {
        let ratio = av_guess_sample_aspect_ratio(format, stream, picture?.pointer)
        return PixelShape(aspect: ratio.num > 0 && ratio.den > 0 ? av_q2d(ratio) : 1)
    }

    /// Whether the pictures come without a container. FFmpeg then makes up their rate and times: 25 a second.
    var isRaw: Bool { ["mpjpeg", "mjpeg", "h264", "hevc", "m4v", "mpegvideo", "vc1", "obu"].contains(formatName) }

    /// Seconds, by the stream or the container; what is written to a pipe does not state its length.
    var duration: Double? {
        if streamInput != nil { return nil }
        if stream.pointee.duration > 0 { return Double(stream.pointee.duration) * av_q2d(stream.pointee.time_base) }
        let whole = format!.pointee.duration
        return whole > 0 ? Double(whole) / Double(AV_TIME_BASE) : nil
    }

    /// Whether the whole is there already and has an end, unlike what a camera sends as it films.
    var isRecorded: Bool { format!.pointee.pb.map { avio_size($0) > 0 } ?? false }

    /// Reads the stream's next packet; false at the end. Throws `unusableData` or `inputOutput` where reading fails.
    func read(into packet: Packet) throws(LandmarkdError) -> Bool {
        while true {
            av_packet_unref(packet.pointer)
            let code = av_read_frame(format, packet.pointer)
            if code == lm_averror_eof {
                if streamInput != nil { try checkEnd() }
                return false
            }
            if code == lm_averror_eagain { continue }
            guard code >= 0 else { throw faults.reading(code) }
            if let rawBytes, packet.pointer.pointee.size < rawBytes {
                throw faults.cutFrame(Int(packet.pointer.pointee.size), of: rawBytes)
            }
            if streamInput != nil, let format, end.isShort(packet, format, name: formatName) { throw faults.cutOff }
            // AVI marks a repeated picture by a packet without bytes: nothing to decode.
            guard packet.pointer.pointee.stream_index == streamIndex, packet.pointer.pointee.size > 0 else { continue }
            if streamInput != nil { end.note(packet) }
            return true
        }
    }

    private func checkEnd() throws(LandmarkdError) {
        guard let format, let bytes = format.pointee.pb else { return }
        let saysSo = FFmpegLog.takeEndedEarly(format)
        if saysSo || end.isCut(formatName, byteCount: avio_tell(bytes)) { throw faults.cutOff }
    }

    private func pickStream() throws(LandmarkdError) {
        streamIndex = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        let isCover = streamIndex >= 0 && stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
        guard streamIndex >= 0, !isCover else {
            throw faults.noVideo(otherStreams())
        }
        for index in 0..<Int(format!.pointee.nb_streams) where index != Int(streamIndex) {
            format!.pointee.streams[index]!.pointee.discard = AVDISCARD_ALL
        }
    }

    private func otherStreams() -> String {
        let kinds = (0..<Int(format!.pointee.nb_streams)).map {
            format!.pointee.streams[$0]!.pointee.codecpar.pointee.codec_type
        }
        return kinds.contains(AVMEDIA_TYPE_AUDIO) ? "sound" : "unknown data"
    }
}

/// What to say of FFmpeg's error codes, by what was opened.
protocol DemuxerFaults {
    func opening(_ code: Int32) -> LandmarkdError
    func reading(_ code: Int32) -> LandmarkdError
    /// Only `others` is in it.
    func noVideo(_ others: String) -> LandmarkdError
    /// It ends where it cannot be whole.
    var cutOff: LandmarkdError { get }
    /// It ends within a raw picture.
    func cutFrame(_ bytes: Int, of whole: Int) -> LandmarkdError
}

extension DemuxerFaults {
    var cutOff: LandmarkdError { reading(lm_averror_invalid_data) }

    func cutFrame(_ bytes: Int, of whole: Int) -> LandmarkdError { reading(lm_averror_invalid_data) }
}

/// Faults of a file.
struct FileFaults: DemuxerFaults {
    let path: String

    func opening(_ code: Int32) -> LandmarkdError {
        if let foreign = PictureSignature.foreign(path) { return unreadable(path, foreign) }
        return switch code {
        case lm_averror_exit: InputStream.interrupted(path)
        case lm_averror_invalid_data where FileIdentity(path: path)?.isRegular == false:
            LandmarkdError(
                .unusableData, "\(path): opening: \(ffmpegText(code))",
                remedy: "give a format that can be streamed, such as MPEG-TS or Matroska, or name the file itself")
        case -EINVAL:
            LandmarkdError(
                .unusableData, "\(path): not a video of a known format",
                remedy: "give MP4, MOV, MKV, WebM, AVI, GIF, MPEG or other common video files")
        case -ENOENT, -EACCES, -EPERM, -EISDIR: unreadable(path, -code)
        case -EIO: reading(code)
        default:
            LandmarkdError(
                .unusableData, "\(path): opening: \(ffmpegText(code))",
                remedy: "it is not a video, or it is truncated or damaged: record or copy it again")
        }
    }

    func reading(_ code: Int32) -> LandmarkdError {
        if code == lm_averror_exit { return InputStream.interrupted(path) }
        return code == lm_averror_invalid_data
            ? LandmarkdError(
                .unusableData, "\(path): reading: the file is damaged or truncated from here on",
                remedy: "what came before is good; copy or record the file again for the rest")
            : LandmarkdError(.inputOutput, "\(path): reading: \(ffmpegText(code))", remedy: "check the disk")
    }

    var cutOff: LandmarkdError {
        LandmarkdError(
            .unusableData, "\(path): it ends in the middle of a frame: the program that writes it stopped early",
            remedy: "what came before is good; see what that program said")
    }

    func cutFrame(_ bytes: Int, of whole: Int) -> LandmarkdError {
        LandmarkdError(
            .unusableData, "\(path): it ends in the middle of a frame: \(bytes) of \(whole) bytes",
            remedy:
                "what came before is good; check that --raw and --pixel-format are those of the program that wrote it")
    }

    func noVideo(_ others: String) -> LandmarkdError {
        LandmarkdError(
            .unusableData, "\(path): holds no video, only \(others)", remedy: "give the file with the pictures")
    }
}

/// Faults of a network stream. None of them shows its password.
struct NetworkFaults: DemuxerFaults {
    let address: NetworkAddress
    let watch: NetworkWatch

    func opening(_ code: Int32) -> LandmarkdError {
        if watch.isStopped { return fault(.interrupted, "opening: asked to stop", "nothing") }
        // Whatever FFmpeg makes of it: its RTSP calls a connection that it gave up waiting for invalid data.
        if watch.isLate || code == -ETIMEDOUT { return noAnswer }
        switch code {
        case lm_averror_unauthorized, lm_averror_forbidden:
            return fault(
                .noPermission, "the server refuses access without the right password (\(ffmpegText(code)))",
                "check user and password in the address: rtsp://user:password@host/path")
        case lm_averror_not_found:
            return fault(
                .unavailable, "the server has nothing of that name (\(ffmpegText(code)))", "check the address's path")
        case lm_averror_invalid_data, -EINVAL:
            return fault(.unusableData, "not a video of a known format", "check the address with ffprobe or a player")
        case -EIO: return fault(.unavailable, "connecting: no such host, or it hung up", "check the address")
        default:
            return fault(
                .unavailable, "connecting: \(ffmpegText(code))",
                "check the address, and that the camera is on and can be reached from here")
        }
    }

    func reading(_ code: Int32) -> LandmarkdError {
        if code == lm_averror_exit || code == -ETIMEDOUT {
            return fault(.unavailable, "nothing came for \(rateText(watch.patience)) s", Self.reopening)
        }
        return code == -EIO ? ended : fault(.unavailable, "reading: \(ffmpegText(code))", Self.reopening)
    }

    func noVideo(_ others: String) -> LandmarkdError {
        fault(.unusableData, "holds no video, only \(others)", "name the stream with the pictures")
    }

    var noAnswer: LandmarkdError {
        fault(
            .unavailable, "no answer for \(rateText(watch.patience)) s",
            "check the address, and that the camera is on and can be reached from here")
    }

    /// The server ended what has no end.
    var ended: LandmarkdError { fault(.unavailable, "the server ended the stream", Self.reopening) }

    private static let reopening = "check the camera and the network; the stream is reopened"

    private func fault(_ code: ExitCode, _ what: String, _ remedy: String) -> LandmarkdError {
        LandmarkdError(code, "\(address.shown): \(what)", remedy: remedy)
    }
}
