import Base
import CFFmpeg

/// Pictures without a container, one after the other, as `ffmpeg -f rawvideo` writes them.
package struct RawVideo: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// FFmpeg's name: "yuv420p", "rgb24", "gray".
    package let pixelFormat: String
    package let rate: FrameRate
    /// Each picture's.
    let bytes: Int

    /// Throws `usage` where this FFmpeg knows no such format, or no such picture can be.
    package init(width: Int, height: Int, pixelFormat: String, rate: FrameRate) throws(LandmarkdError) {
        ffmpegIsQuiet
        let format = av_get_pix_fmt(pixelFormat)
        guard format != AV_PIX_FMT_NONE, sws_isSupportedInput(format) != 0 else {
            let nearest = closestName(to: pixelFormat, among: Self.usualFormats)
            throw LandmarkdError(
                .usage, "--pixel-format: '\(pixelFormat)' is not a pixel format that can be read",
                remedy: nearest.map { "did you mean \($0)?" } ?? "give one that 'ffmpeg -pix_fmts' lists")
        }
        let bytes = av_image_get_buffer_size(format, Int32(clamping: width), Int32(clamping: height), 1)
        guard width > 0, height > 0, bytes > 0 else {
            throw LandmarkdError(
                .usage, "--raw: \(width)x\(height): no such picture", remedy: "give its width and height: --raw 640x480"
            )
        }
        (self.width, self.height, self.pixelFormat, self.rate) = (width, height, pixelFormat, rate)
        self.bytes = Int(bytes)
    }

    private static let usualFormats = [
        "yuv420p", "yuv422p", "yuv444p", "yuvj420p", "nv12", "nv21", "yuyv422", "uyvy422", "gray", "gray16le", "rgb24",
        "bgr24",
        "rgba", "bgra", "rgb0", "bgr0", "yuv420p10le", "p010le",
    ]

    var demuxerOptions: [String: String] {
        [
            "video_size": "\(width)x\(height)", "pixel_format": pixelFormat,
            "framerate": "\(rate.numerator)/\(rate.denominator)",
        ]
    }
}

/// Frames a second, exact also where they are 30000/1001.
package struct FrameRate: Sendable, Equatable {
    package let numerator: Int
    package let denominator: Int

    package var perSecond: Double { Double(numerator) / Double(denominator) }

    /// From "25", "29.97" (thousandths) or "30000/1001"; nil where it is not from 1/3600 to 1000.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, let numerator = Int(parts[0]), let denominator = Int(parts[1]) {
            self.init(numerator, denominator)
        } else if let rate = Double(text), rate.isFinite, abs(rate) <= 1e6 {
            self.init(Int((rate * 1000).rounded()), 1000)
        } else {
            return nil
        }
    }

    private init?(_ numerator: Int, _ denominator: Int) {
        guard 1...1_000_000 ~= denominator, 1...1_000_000_000 ~= numerator else { return nil }
        (self.numerator, self.denominator) = (numerator, denominator)
        guard 1 / 3600.0...1000 ~= perSecond else { return nil }
    }
}
