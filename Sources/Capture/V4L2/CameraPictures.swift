import Base
import CFFmpeg

/// Makes frames of a camera's buffers: raw pictures are copied as they are, JPEGs decoded.
///
/// The copy (640×480 YUYV: 0.17 ms, so 0.5 % of a core at 30 frames a second) lets the buffer go back at once: a reader
/// that holds a frame for long never leaves the camera without buffers, no frame outlives its device, and memory that
/// is slow to read, as drivers may map it, is read just once.
final class CameraPictures {  // thread-bound
    private let format: CameraFormat
    private let decoder: VideoDecoder?
    private let scaler = PictureScaler()
    private let packet = Packet()

    /// Throws `unusableData` where this FFmpeg has no JPEG decoder.
    init(_ format: CameraFormat, path: String) throws(LandmarkdError) {
        self.format = format
        decoder = format.code.reading == .jpeg ? try VideoDecoder(AV_CODEC_ID_MJPEG, path: path) : nil
    }

    /// The picture in the bytes; nil where there is none, or only a part.
    func picture(in bytes: UnsafeRawBufferPointer) -> Picture? {
        switch format.code.reading {
        case .raw(let layout):
            Picture(copying: bytes, layout, width: format.width, height: format.height, rowStride: format.bytesPerRow)
        case .jpeg: decoded(bytes)
        case .converted: nil
        }
    }

    private func decoded(_ bytes: UnsafeRawBufferPointer) -> Picture? {
        guard let decoder, bytes.count > 3, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
        av_packet_unref(packet.pointer)
        guard av_new_packet(packet.pointer, Int32(bytes.count)) >= 0 else { return nil }
        UnsafeMutableRawBufferPointer(start: packet.pointer.pointee.data, count: bytes.count).copyMemory(from: bytes)
        guard decoder.send(packet), case .picture(let picture) = decoder.receive() else { return nil }
        return scaler.readable(picture)
    }
}
