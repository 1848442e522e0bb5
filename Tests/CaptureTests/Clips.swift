import Base
import CFFmpeg
import TestSupport

@testable import Capture

/// Luma of the middle of picture `index` of a test clip.
func markedLuma(_ index: Int) -> Int { 40 + 3 * index % 180 }

/// A picture that tells its number by its brightness.
func marked(_ index: Int, width: Int, height: Int) -> PixelBuffer {
    let buffer = gradient(width: width, height: height)
    for y in height / 4..<height * 3 / 4 {
        for x in width / 4..<width * 3 / 4 { buffer.plane(0)[y * width + x] = UInt8(markedLuma(index)) }
    }
    return buffer
}

/// Luma in the middle of a frame, as 8 bits.
func middleLuma(_ frame: Frame) -> Int {
    sample(frame.luma, frame.width / 2, frame.height / 2, bitDepth: frame.bitDepth) >> (frame.bitDepth - 8)
}

/// Writes a clip of marked pictures at the given times.
func writeClip(
    _ path: String, width: Int = 96, height: Int = 64, times: [Double] = (0..<20).map { Double($0) / 25 },
    _ encoding: VideoEncoding = VideoEncoding()
) throws {
    let writer = try VideoWriter(path, width: width, height: height, frameRate: 25, encoding: encoding)
    for (index, time) in times.enumerated() {
        try writer.write(marked(index, width: width, height: height), time: time)
    }
    try writer.finish()
}

/// All pictures of a file, and the error at its end if there is one.
func readAll(
    _ path: String, threads: Int = 1, start: Double = 0, duration: Double = .infinity
) throws -> (pictures: [DecodedFrame], error: LandmarkdError?) {
    let reader = try VideoReader(
        path, threads: threads, span: TimeSpan(start: start, duration: duration))
    var pictures: [DecodedFrame] = []
    do {
        while let picture = try reader.next() { pictures.append(picture) }
    } catch {
        return (pictures, error)
    }
    return (pictures, nil)
}

extension VideoEncoding {
    static var mjpeg: VideoEncoding {
        var encoding = VideoEncoding()
        (encoding.encoders, encoding.container) = (["mjpeg"], "avi")
        (encoding.pixelFormat, encoding.fullRange) = (AV_PIX_FMT_YUVJ422P, true)
        return encoding
    }

    /// Pictures that span 0…255 and stay so in red, green and blue.
    static func full(_ encoder: String, _ container: String, _ format: AVPixelFormat) -> Self {
        var encoding = of(encoder, container, format)
        encoding.fullRange = true
        return encoding
    }

    static func of(_ encoder: String, _ container: String, _ format: AVPixelFormat = AV_PIX_FMT_YUV420P) -> Self {
        var encoding = VideoEncoding()
        (encoding.encoders, encoding.container, encoding.pixelFormat) = ([encoder], container, format)
        return encoding
    }
}
