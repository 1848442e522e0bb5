import Base
import CFFmpeg
import Synchronization

/// Tells whether a stream that is read as it comes ended where its container can end, or within a picture.
///
/// FFmpeg ends a cut-off pipe like a whole one. Formats whose pieces have one size, pictures that have an end of their own, packets that
/// came short and Matroska's demuxer's log tell; a stream that was cut between two pictures cannot be told from a whole one.
struct StreamEnd {
    /// Place of the first packet, in bytes from the start.
    private var firstPosition: Int64 = -1
    /// The last packet's.
    private var size = 0
    private var lastBytes: [UInt8] = []

    /// Takes note of each packet of the video stream.
    mutating func note(_ packet: Packet) {
        let packet = packet.pointer.pointee
        if firstPosition < 0 { firstPosition = packet.pos }
        size = Int(packet.size)
        lastBytes = size >= 2 ? [packet.data[size - 2], packet.data[size - 1]] : []
    }

    /// Whether the packet is all that was left of a larger one.
    func isShort(_ packet: Packet, _ format: UnsafeMutablePointer<AVFormatContext>, name: String) -> Bool {
        // MPEG-TS marks packets after any lost piece so.
        name != "mpegts" && packet.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 && avio_feof(format.pointee.pb) != 0
    }

    /// Whether a stream of this many bytes ended within something.
    func isCut(_ name: String, byteCount: Int64) -> Bool {
        switch name {
        // Packets of 188 bytes, with time stamps (192) or check bytes (204).
        case "mpegts": return [188, 192, 204].allSatisfy { byteCount % $0 != 0 }
        case "yuv4mpegpipe":
            let frame = Int64(size + "FRAME\n".utf8.count)
            // A packet's place is that of its picture or of the line before it, by FFmpeg's version.
            return firstPosition >= 0 && ![0, Int64(size)].contains((byteCount - firstPosition) % frame)
        case "mjpeg": return !lastBytes.isEmpty && lastBytes != [0xFF, 0xD9]
        default: return false
        }
    }
}

/// What FFmpeg only says in its log. Nothing of it goes to standard error.
enum FFmpegLog {
    /// Containers, by address, of which it said that they end too early.
    private static let endedEarly = Mutex<Set<UInt>>([])

    /// Whether it has said so of this container; forgets it.
    static func takeEndedEarly(_ format: UnsafeMutablePointer<AVFormatContext>) -> Bool {
        endedEarly.withLock { $0.remove(UInt(bitPattern: format)) != nil }
    }

    /// Takes FFmpeg's log, for all threads.
    static func listen() {
        av_log_set_callback { context, _, text, _ in
            guard let context, let text, String(cString: text).hasPrefix("File ended prematurely") else { return }
            _ = FFmpegLog.endedEarly.withLock { $0.insert(UInt(bitPattern: context)) }
        }
    }
}
