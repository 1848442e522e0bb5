import Base
import CFFmpeg
import Glibc

/// Decodes a still picture: JPEG, PNG, BMP, WebP, PNM (PGM, PPM …), TIFF, or a GIF's first picture.
///
/// Y, Cb, Cr and grey planes stay as stored; red-green-blue and palette pictures become full-range 4:4:4 in BT.601.
/// The frame carries the EXIF orientation of JPEGs. May be called from many threads at once.
/// Throws `noInput` where the file is missing or unreadable, `unusableData` where it holds no whole picture.
package func readStill(_ path: String) throws(LandmarkdError) -> Frame {
    ffmpegIsQuiet
    let packet = Packet()
    try readWhole(path, into: packet)
    let bytes = UnsafeBufferPointer(start: packet.pointer.pointee.data, count: Int(packet.pointer.pointee.size))
    guard let format = StillFormat(magicOf: bytes) else {
        if let foreign = PictureSignature.foreign(path) { throw unreadable(path, foreign) }
        throw LandmarkdError(
            .unusableData, "\(path): not a picture of a known format", remedy: "give \(StillFormat.names) files")
    }
    let decoder = StillDecoder()
    guard let picture = decoder.decode(packet, format.codec), let readable = PictureScaler().readable(picture) else {
        if let foreign = PictureSignature.foreign(path) { throw unreadable(path, foreign) }
        throw LandmarkdError(
            .unusableData, "\(path): decoding \(format.rawValue): \(ffmpegText(decoder.code))",
            remedy: "the file is truncated or damaged: fetch it again or leave it out")
    }
    // Stills in grey span everything; only video has grey of limited range.
    let full = readable.isFullRange || (PixelLayout(readable.format).isGrey && format != .webp)
    let orientation = lm_frame_display_matrix(picture.pointer).map { Orientation(displayMatrix: $0) }
    return Frame(readable, fullRange: full, orientation: orientation ?? Orientation(), time: 0)
}

/// Formats of stills, identified by their first bytes.
enum StillFormat: String, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    case bmp = "BMP"
    case webp = "WebP"
    case pnm = "PNM"
    case tiff = "TIFF"
    case gif = "GIF"

    static let names = allCases.map(\.rawValue).joined(separator: ", ")

    init?(magicOf bytes: UnsafeBufferPointer<UInt8>) {
        func starts(_ text: String, at offset: Int = 0) -> Bool {
            bytes.count >= offset + text.utf8.count && bytes.dropFirst(offset).starts(with: text.utf8)
        }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
            self = .png
        } else if starts("RIFF"), starts("WEBP", at: 8) {
            self = .webp
        } else if starts("BM") {
            self = .bmp
        } else if starts("GIF8") {
            self = .gif
        } else if starts("II*\0") || starts("MM\0*") {
            self = .tiff
        } else if bytes.count > 2, starts("P"), (0x31...0x37).contains(bytes[1]), bytes[2] <= 0x20 {
            self = .pnm
        } else {
            return nil
        }
    }

    var codec: AVCodecID {
        switch self {
        case .jpeg: AV_CODEC_ID_MJPEG
        case .png: AV_CODEC_ID_PNG
        case .bmp: AV_CODEC_ID_BMP
        case .webp: AV_CODEC_ID_WEBP
        case .pnm: AV_CODEC_ID_PPM
        case .tiff: AV_CODEC_ID_TIFF
        case .gif: AV_CODEC_ID_GIF
        }
    }
}

/// One use of a decoder on one packet that holds a whole file.
private final class StillDecoder {
    private var context: UnsafeMutablePointer<AVCodecContext>?
    /// FFmpeg's last error.
    private(set) var code: Int32 = 0

    deinit { avcodec_free_context(&context) }

    func decode(_ packet: Packet, _ id: AVCodecID) -> Picture? {
        guard let codec = avcodec_find_decoder(id), let context = avcodec_alloc_context3(codec) else {
            code = lm_averror_invalid_data
            return nil
        }
        self.context = context
        context.pointee.thread_count = 1
        context.pointee.max_pixels = 1 << 28
        context.pointee.err_recognition = AV_EF_EXPLODE  // half a picture is no picture
        let picture = Picture()
        code = avcodec_open2(context, codec, nil)
        if code >= 0 { code = avcodec_send_packet(context, packet.pointer) }
        if code >= 0 { code = avcodec_send_packet(context, nil) }
        if code >= 0 { code = avcodec_receive_frame(context, picture.pointer) }
        return code >= 0 ? picture : nil
    }
}

/// The whole file as one packet, with the padding that decoders want.
private func readWhole(_ path: String, into packet: Packet) throws(LandmarkdError) {
    let size = try checkedInputSize(path)
    if FileIdentity(path: path)?.isRegular == false { return try readStream(path, into: packet) }
    let descriptor = openForReading(path)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    defer { _ = close(descriptor) }
    try makeRoom(size, in: packet, path)
    var filled = 0
    while filled < size {
        let got = retrying { read(descriptor, packet.pointer.pointee.data + filled, size - filled) }
        guard got >= 0 else { throw unreadable(path, errno) }
        if got == 0 { break }
        filled += got
    }
    av_shrink_packet(packet.pointer, Int32(filled))
}

private func makeRoom(_ size: Int, in packet: Packet, _ path: String) throws(LandmarkdError) {
    guard size <= largestStill, av_new_packet(packet.pointer, Int32(size)) >= 0 else {
        throw LandmarkdError(
            .unusableData, "\(path): too large for a picture (\(size) bytes)", remedy: "make it smaller")
    }
}

/// Bytes.
private let largestStill = 1 << 30

/// The same from a pipe, whose size shows at its end.
private func readStream(_ path: String, into packet: Packet) throws(LandmarkdError) {
    guard let bytes = try InputStream(path).readAll(path, atMost: largestStill) else {
        throw LandmarkdError(
            .unusableData, "\(path): too large for a picture (more than \(largestStill) bytes)",
            remedy: "make it smaller")
    }
    try makeRoom(bytes.count, in: packet, path)
    packet.pointer.pointee.data?.update(from: bytes, count: bytes.count)
}
