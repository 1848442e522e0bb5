import Base
import CFFmpeg

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
