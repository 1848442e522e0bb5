import Base
import CFFmpeg
import CV4L2

/// What the driver granted: how its frames lie in memory and how many come.
struct CameraFormat: Equatable {
    let code: PixelCode
    let width: Int
    let height: Int
    /// Bytes a row of the first plane; 0 where the driver leaves it to the format.
    let bytesPerRow: Int
    /// Whether Y, Cb and Cr span 0…255. Sensors in grey use them all unless the driver says otherwise.
    var fullRange: Bool
    /// Frames a second; nil where the driver does not say.
    var rate: Double?

    init(_ pixels: v4l2_pix_format, rate: Double? = nil) {
        code = PixelCode(rawValue: pixels.pixelformat)
        (width, height) = (Int(pixels.width), Int(pixels.height))
        (bytesPerRow, self.rate) = (Int(pixels.bytesperline), rate)
        let usual = code.isGrey || code.reading == .jpeg || pixels.colorspace == V4L2_COLORSPACE_JPEG.rawValue
        switch pixels.quantization {
        case V4L2_QUANTIZATION_FULL_RANGE.rawValue: fullRange = true
        case V4L2_QUANTIZATION_LIM_RANGE.rawValue: fullRange = code.reading == .jpeg
        default: fullRange = usual
        }
    }

    func hasLayout(of other: CameraFormat) -> Bool {
        (code, width, height, bytesPerRow) == (other.code, other.width, other.height, other.bytesPerRow)
    }
}

extension CameraDevice {
    /// Requests a mode and rate; returns what the driver granted. Throws as `cameraFault` says, `tryLater` where it is
    /// busy.
    func choose(_ mode: CameraMode, rate: Double?) throws(LandmarkdError) -> CameraFormat {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        format.fmt.pix.width = UInt32(mode.width)
        format.fmt.pix.height = UInt32(mode.height)
        format.fmt.pix.pixelformat = mode.code.rawValue
        format.fmt.pix.field = V4L2_FIELD_ANY.rawValue
        try perform(lm_vidioc_s_fmt, &format, "choosing its format")
        return CameraFormat(format.fmt.pix, rate: chooseRate(rate))
    }

    /// The format as it is now; nil where the driver does not say.
    var presentFormat: CameraFormat? {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        return attempt(lm_vidioc_g_fmt, &format) == 0 ? CameraFormat(format.fmt.pix) : nil
    }

    /// The rate that the driver grants; a driver without rates is none the worse.
    private func chooseRate(_ rate: Double?) -> Double? {
        var parameters = v4l2_streamparm()
        parameters.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        if let rate {
            let isWhole = rate == rate.rounded()
            parameters.parm.capture.timeperframe.numerator = isWhole ? 1 : 1000
            parameters.parm.capture.timeperframe.denominator = UInt32((isWhole ? rate : rate * 1000).rounded())
        }
        let request = rate == nil ? lm_vidioc_g_parm : lm_vidioc_s_parm
        guard attempt(request, &parameters) == 0 else { return nil }
        return parameters.parm.capture.timeperframe.perSecond
    }
}

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
