import Base
import CFFmpeg
import Glibc

/// A container file, opened, of whose streams only the best video is read. No other file or network is ever opened.
final class Demuxer {  // thread-bound
    private let path: String
    private var format: UnsafeMutablePointer<AVFormatContext>?
    private(set) var streamIndex: Int32 = -1

    /// Containers and raw streams of video; those of sound, so that a sound file is told as such. Lists, subtitles and
    /// scripts, which may name further files, stay out.
    private static let formats =
        "mov,matroska,avi,gif,apng,mpeg,mpegts,mpegvideo,flv,asf,ogg,nut,ivf,obu,yuv4mpegpipe,h264,hevc,m4v,mjpeg,vc1,mxf,"
        + "dv,rm,mp3,wav,w64,flac,aac,ac3,aiff,amr,au,caf"

    init(_ path: String) throws(LandmarkdError) {
        ffmpegIsQuiet
        self.path = path
        _ = try checkedInputSize(path)
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        av_dict_set(&options, "protocol_whitelist", "file", 0)
        av_dict_set(&options, "format_whitelist", Self.formats, 0)
        // "file:" keeps a name like "concat:a" a name.
        let code = avformat_open_input(&format, "file:" + path, nil, &options)
        guard code >= 0 else { throw openingFailed(code) }
        let found = avformat_find_stream_info(format, nil)
        guard found >= 0 else { throw openingFailed(found) }
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

    /// Seconds, as the stream or the container tells.
    var duration: Double? {
        if stream.pointee.duration > 0 { return Double(stream.pointee.duration) * av_q2d(stream.pointee.time_base) }
        let whole = format!.pointee.duration
        return whole > 0 ? Double(whole) / Double(AV_TIME_BASE) : nil
    }

    /// Reads the stream's next packet; false at the end. Throws `unusableData` or `inputOutput` where reading fails.
    func read(into packet: Packet) throws(LandmarkdError) -> Bool {
        while true {
            av_packet_unref(packet.pointer)
            let code = av_read_frame(format, packet.pointer)
            if code == lm_averror_eof { return false }
            if code == lm_averror_eagain { continue }
            guard code >= 0 else { throw readingFailed(code) }
            // AVI marks a repeated picture by a packet without bytes: nothing to decode.
            if packet.pointer.pointee.stream_index == streamIndex, packet.pointer.pointee.size > 0 { return true }
        }
    }

    private func pickStream() throws(LandmarkdError) {
        streamIndex = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        let isCover = streamIndex >= 0 && stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
        guard streamIndex >= 0, !isCover else {
            throw LandmarkdError(
                .unusableData, "\(path): holds no video, only \(otherStreams())",
                remedy: "give the file with the pictures")
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

    private func openingFailed(_ code: Int32) -> LandmarkdError {
        switch code {
        case -EINVAL:
            LandmarkdError(
                .unusableData, "\(path): not a video of a known format",
                remedy: "give MP4, MOV, MKV, WebM, AVI, GIF, MPEG or other common video files")
        case -ENOENT, -EACCES, -EPERM, -EISDIR: unreadable(path, -code)
        case -EIO: readingFailed(code)
        default:
            LandmarkdError(
                .unusableData, "\(path): opening: \(ffmpegText(code))",
                remedy: "it is no video, or cut off or damaged: record or copy it anew")
        }
    }

    private func readingFailed(_ code: Int32) -> LandmarkdError {
        code == lm_averror_invalid_data
            ? LandmarkdError(
                .unusableData, "\(path): reading: the file is damaged or cut off from here on",
                remedy: "what came before is good; copy or record the file anew for the rest")
            : LandmarkdError(.inputOutput, "\(path): reading: \(ffmpegText(code))", remedy: "check the disk")
    }
}
