import Base

/// Makes frames of a camera's buffers: raw pictures are copied as they are, JPEGs decoded.
///
/// The copy (640×480 YUYV: 0.17 ms, so 0.5 % of a core at 30 frames a second) lets the buffer go back at once: a reader
/// that holds a frame for long never leaves the camera without buffers, no frame outlives its device, and memory that
/// is slow to read, as drivers may map it, is read just once.
final class CameraPictures {  // thread-bound
    private let format: CameraFormat
    /// Planes of raw pictures.
    private let planes: PackedPlanes?
    private let decoder: JPEGDecoder?

    /// Throws `unusableData` where this FFmpeg has no JPEG decoder.
    init(_ format: CameraFormat, path: String) throws(LandmarkdError) {
        self.format = format
        if case .raw(let layout) = format.code.reading {
            planes = PackedPlanes(
                layout, width: format.width, height: format.height, rowStride: format.bytesPerRow)
            decoder = nil
        } else {
            planes = nil
            decoder = try JPEGDecoder(path: path)
        }
    }

    /// Whether the bytes may hold a whole picture, at a glance.
    func mayHold(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if let planes { return bytes.count >= planes.byteCount }
        return bytes.count > 3 && bytes[0] == 0xFF && bytes[1] == 0xD8
    }

    /// The picture in the bytes; nil where there is none, or only a part.
    func picture(in bytes: UnsafeRawBufferPointer) -> Picture? {
        guard let planes else { return mayHold(bytes) ? decoder?.picture(in: bytes) : nil }
        return Picture(copying: bytes, planes, width: format.width, height: format.height)
    }
}
