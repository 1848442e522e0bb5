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

    /// Containers and raw streams of video; those of sound, so that a sound file is told as such. Lists, subtitles and
    /// scripts, which may name further files, stay out.
    private static let formats =
        "mov,matroska,avi,gif,apng,mpeg,mpegts,mpegvideo,flv,asf,ogg,nut,ivf,obu,yuv4mpegpipe,h264,hevc,m4v,mjpeg,vc1,mxf,"
        + "dv,rm,mp3,wav,w64,flac,aac,ac3,aiff,amr,au,caf"

    /// Opens a file. Throws `noInput`, `unusableData` or `inputOutput`.
    init(_ path: String) throws(LandmarkdError) {
        (faults, watch) = (FileFaults(path: path), nil)
        _ = try checkedInputSize(path)
        let options = ["protocol_whitelist": "file,pipe", "format_whitelist": Self.formats]
        streamInput = FileIdentity(path: path)?.isRegular == false ? try InputStream(path) : nil
        if let streamInput {
            format = avformat_alloc_context()
            format?.pointee.interrupt_callback = streamInput.interruptCallback
        }
        // "file:" keeps a name like "concat:a" a name.
        try open(streamInput.map { "pipe:\($0.descriptor)" } ?? "file:" + path, options)
    }

    /// Opens a network stream; `watch` ends waiting, in here and in `read`. Throws as `NetworkFaults` tells.
    init(_ address: NetworkAddress, watch: NetworkWatch) throws(LandmarkdError) {
        (faults, self.watch) = (NetworkFaults(address: address, watch: watch), watch)
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

    private func open(_ url: String, _ values: [String: String]) throws(LandmarkdError) {
        ffmpegIsQuiet
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        for (name, value) in values { av_dict_set(&options, name, value, 0) }
        let code = url.withSystemPath { avformat_open_input(&format, $0, nil, &options) }
        guard code >= 0 else { throw faults.opening(code) }
        let found = avformat_find_stream_info(format, nil)
        guard found >= 0 else { throw faults.opening(found) }
        try pickStream()
    }

    deinit { avformat_close_input(&format) }

    var stream: UnsafeMutablePointer<AVStream> { format!.pointee.streams[Int(streamIndex)]! }
    var formatName: String { String(cString: format!.pointee.iformat.pointee.name) }

    /// Frames a second as the container tells or the first ones show; 0 where unknown.
    var frameRate: Double {
        let rate = av_guess_frame_rate(format, stream, nil)
        return rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0
    }

    /// Whether the pictures come without a container. FFmpeg then makes up their rate and times: 25 a second.
    var isRaw: Bool { ["mpjpeg", "mjpeg", "h264", "hevc", "m4v", "mpegvideo", "vc1", "obu"].contains(formatName) }

    /// Seconds, as the stream or the container tells.
    var duration: Double? {
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
            if code == lm_averror_eof { return false }
            if code == lm_averror_eagain { continue }
            guard code >= 0 else { throw faults.reading(code) }
            // AVI marks a repeated picture by a packet without bytes: nothing to decode.
            if packet.pointer.pointee.stream_index == streamIndex, packet.pointer.pointee.size > 0 { return true }
        }
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
