import Base
import Glibc

/// Identifies, by their first bytes, pictures whose names alone would mislead.
enum PictureSignature {
    /// Whether a file named like a still holds a moving picture: an animated PNG, or a GIF.
    static func isAnimated(_ path: String) -> Bool {
        guard let file = FileFront(path) else { return false }
        return file.starts("GIF8") || frameCountOfPNG(file).map { $0 > 1 } ?? false
    }

    /// A picture format, and the command that turns a file of it into one that every FFmpeg reads.
    struct Foreign: Equatable {
        let name: String
        let conversion: String
    }

    /// The format of a picture that FFmpeg may not know; nil for any other file.
    static func foreign(_ path: String) -> Foreign? {
        guard let file = FileFront(path) else { return nil }
        if file.starts("RIFF"), file.starts("WEBPVP8X", at: 8), file.byte(at: 20) & 0x02 != 0 {
            return Foreign(name: "an animated WebP", conversion: "convert INPUT.webp OUTPUT.gif (ImageMagick)")
        }
        if file.starts("\0\0\0\u{0C}JXL ") || file.bytes(at: 0, count: 2) == [0xFF, 0x0A] {
            return Foreign(name: "a JPEG XL picture", conversion: "djxl INPUT.jxl OUTPUT.png (libjxl-tools)")
        }
        guard file.starts("ftyp", at: 4) else { return nil }
        let brand = String(decoding: file.bytes(at: 8, count: 4), as: UTF8.self)
        return switch brand {
        case "heic", "heix", "heim", "heis", "mif1":
            Foreign(name: "a HEIC picture", conversion: "heif-convert INPUT.heic OUTPUT.jpg (libheif-examples)")
        case "hevc", "hevx", "msf1":
            Foreign(name: "a HEIC sequence", conversion: "ffmpeg 7 or newer: ffmpeg -i INPUT.heic OUTPUT.mp4")
        case "avif", "avis":
            Foreign(name: "an AVIF picture", conversion: "avifdec INPUT.avif OUTPUT.png (libavif-bin)")
        default: nil
        }
    }

    /// Number of pictures that an animated PNG announces before its first one; nil for other files.
    private static func frameCountOfPNG(_ file: FileFront) -> Int? {
        guard file.bytes(at: 0, count: 4) == [0x89, 0x50, 0x4E, 0x47] else { return nil }
        var offset = 8
        // A chunk: 4 bytes of size, 4 of name, the data, 4 of checksum. A few stand before the picture's data.
        for _ in 0..<64 {
            guard let size = file.number(at: offset), let name = file.text(at: offset + 4) else { return nil }
            if name == "acTL" { return file.number(at: offset + 8) }
            if name == "IDAT" { return nil }
            offset += 12 + size
        }
        return nil
    }
}

/// Small reads from a regular file.
private final class FileFront {
    private let descriptor: Int32

    init?(_ path: String) {
        guard FileIdentity(path: path)?.isRegular == true else { return nil }
        descriptor = openForReading(path)
        if descriptor < 0 { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Fewer than `count` at the end of the file.
    func bytes(at offset: Int, count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = pread(descriptor, &bytes, count, off_t(offset))
        return Array(bytes.prefix(max(0, got)))
    }

    /// 0 beyond the end.
    func byte(at offset: Int) -> UInt8 { bytes(at: offset, count: 1).first ?? 0 }

    func starts(_ text: String, at offset: Int = 0) -> Bool {
        bytes(at: offset, count: text.utf8.count).elementsEqual(text.utf8)
    }

    /// Four bytes, the highest first.
    func number(at offset: Int) -> Int? {
        let bytes = bytes(at: offset, count: 4)
        return bytes.count == 4 ? bytes.reduce(0) { $0 << 8 | Int($1) } : nil
    }

    func text(at offset: Int) -> String? {
        let bytes = bytes(at: offset, count: 4)
        return bytes.count == 4 ? String(decoding: bytes, as: UTF8.self) : nil
    }
}
