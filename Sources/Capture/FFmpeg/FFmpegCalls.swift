import CFFmpeg

/// FFmpeg's words for an error code; for negated errno values, strerror's.
func ffmpegText(_ code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
        _ = av_strerror(code, text.baseAddress, text.count)
        return String(cString: text.baseAddress!)
    }
}

/// Touch it before the first FFmpeg call: what goes wrong is reported by our errors, not by lines on standard error.
let ffmpegIsQuiet: Void = FFmpegLog.listen()

/// An FFmpeg packet and the memory of its bytes.
final class Packet {  // thread-bound
    let pointer: UnsafeMutablePointer<AVPacket>

    init() {
        guard let pointer = av_packet_alloc() else { preconditionFailure("no memory for a packet") }
        self.pointer = pointer
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&pointer)
    }
}
