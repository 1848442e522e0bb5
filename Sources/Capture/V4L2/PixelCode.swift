import CFFmpeg

/// V4L2's four letters of a pixel format.
struct PixelCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// From its letters, in any case, or another common name; nil where it cannot be one.
    init?(_ text: String) {
        let aliases = ["YUV420": "YU12", "I420": "YU12", "MJPEG": "MJPG", "Y800": "GREY", "GRAY": "GREY", "Y8": "GREY"]
        let letters = Array((aliases[text.uppercased()] ?? text.uppercased()).utf8)
        guard 3...4 ~= letters.count, letters.allSatisfy({ 0x20...0x7E ~= $0 }) else { return nil }
        rawValue = (letters + [0x20]).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// "YUYV", "Y16"; a big-endian kind's ends in "-BE", as V4L2's tools write it.
    var description: String {
        let letters = (0..<4).map { UInt8(truncatingIfNeeded: rawValue >> (8 * $0)) & 0x7F }
        let text = String(decoding: letters.map { 0x20...0x7E ~= $0 ? $0 : 0x3F }, as: UTF8.self)
        let trimmed = text.split(separator: " ").joined()
        return rawValue >> 31 == 1 ? "\(trimmed)-BE" : trimmed
    }

    /// What libv4l2 converts to.
    static let yuv420 = PixelCode(rawValue: 0x3231_5559)

    /// How frames of this format are read.
    enum Reading: Equatable {
        /// As they lie in memory, in FFmpeg's name for the layout.
        case raw(AVPixelFormat)
        /// Each one a JPEG picture.
        case jpeg
        /// After libv4l2 has converted them.
        case converted
    }

    var reading: Reading { Self.readings[self] ?? .converted }

    private static let readings: [PixelCode: Reading] = {
        let known: [(String, Reading)] = [
            ("YUYV", .raw(AV_PIX_FMT_YUYV422)), ("UYVY", .raw(AV_PIX_FMT_UYVY422)),
            ("YVYU", .raw(AV_PIX_FMT_YVYU422)), ("NV12", .raw(AV_PIX_FMT_NV12)), ("NV21", .raw(AV_PIX_FMT_NV21)),
            ("NV16", .raw(AV_PIX_FMT_NV16)), ("YU12", .raw(AV_PIX_FMT_YUV420P)), ("422P", .raw(AV_PIX_FMT_YUV422P)),
            ("GREY", .raw(AV_PIX_FMT_GRAY8)), ("Y10", .raw(AV_PIX_FMT_GRAY10LE)), ("Y12", .raw(AV_PIX_FMT_GRAY12LE)),
            ("Y16", .raw(AV_PIX_FMT_GRAY16LE)), ("MJPG", .jpeg), ("JPEG", .jpeg),
        ]
        return Dictionary(uniqueKeysWithValues: known.map { (PixelCode($0)!, $1) })
    }()

    /// Luma alone.
    var isGrey: Bool {
        if case .raw(let format) = reading { return PixelLayout(format).isGrey }
        return false
    }
}
