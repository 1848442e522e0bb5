import Base
import CFFmpeg

/// Makes frames of a camera's buffers: raw pictures are copied as they are, JPEGs decoded.
///
/// The copy (640×480 YUYV: 0.17 ms, so 0.5 % of a core at 30 frames a second) lets the buffer go back at once: a reader
/// that holds a frame for long never leaves the camera without buffers, no frame outlives its device, and memory that
/// is slow to read, as drivers may map it, is read just once.
final class CameraPictures {  // thread-bound
    private let format: CameraFormat
    /// Of raw pictures.
    private let planes: PackedPlanes?
    private let decoder: VideoDecoder?
    private let scaler = PictureScaler()
    private let packet = Packet()

    /// Throws `unusableData` where this FFmpeg has no JPEG decoder.
    init(_ format: CameraFormat, path: String) throws(LandmarkdError) {
        self.format = format
        if case .raw(let layout) = format.code.reading {
            planes = PackedPlanes(
                layout, width: format.width, height: format.height, rowStride: format.bytesPerRow)
            decoder = nil
        } else {
            planes = nil
            decoder = try VideoDecoder(AV_CODEC_ID_MJPEG, path: path)
        }
    }

    /// Whether the bytes may hold a whole picture, at a glance.
    func mayHold(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if let planes { return bytes.count >= planes.byteCount }
        return bytes.count > 3 && bytes[0] == 0xFF && bytes[1] == 0xD8
    }

    /// The picture in the bytes; nil where there is none, or only a part.
    func picture(in bytes: UnsafeRawBufferPointer) -> Picture? {
        guard let planes else { return decoded(bytes) }
        return Picture(copying: bytes, planes, width: format.width, height: format.height)
    }

    private func decoded(_ bytes: UnsafeRawBufferPointer) -> Picture? {
        guard let decoder, mayHold(bytes), let count = Int32(exactly: bytes.count) else { return nil }
        av_packet_unref(packet.pointer)
        guard av_new_packet(packet.pointer, count) >= 0 else { return nil }
        UnsafeMutableRawBufferPointer(start: packet.pointer.pointee.data, count: bytes.count).copyMemory(from: bytes)
        guard decoder.send(packet), case .picture(let picture) = decoder.receive() else { return nil }
        return scaler.readable(picture)
    }
}
