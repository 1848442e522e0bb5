import Base
import CFFmpeg
import Glibc
import TestSupport

@testable import Capture

extension CameraRequest {
    /// Whatever the camera offers, and as much time for it as a busy machine may take.
    static let patient = CameraRequest(patience: 120)
}

/// Opens camfs's camera.
func open(
    _ camera: Camfs, _ request: CameraRequest = .patient, stop: StopSignal = StopSignal()
) throws -> any LiveSource {
    try CameraOpener(camera.video, request: request).open(stop: stop)
}

/// Opens a camera that was just closed: the kernel tells camfs a little later, and until then it is busy.
func openSoon(_ camera: Camfs) throws -> any LiveSource {
    let deadline = monotonicSeconds() + 30
    while true {
        do {
            return try open(camera)
        } catch let error as LandmarkdError where error.exitCode == .tryLater && monotonicSeconds() < deadline {
            usleep(2000)
        }
    }
}

/// The next frames of a source, all of which must come.
func frames(_ count: Int, of source: any LiveSource) throws -> [LiveFrame] {
    try (0..<count).map { _ in
        guard let frame = try source.next() else { throw Camfs.Failure("the source ended") }
        return frame
    }
}

/// The error that a source ends with; frames before it are dropped. Nil where it ends without.
func fault(of source: any LiveSource) -> LandmarkdError? {
    do {
        while try source.next() != nil {}
        return nil
    } catch {
        return error
    }
}

/// The error of something that must fail.
func fault(_ body: () throws -> Void) -> LandmarkdError? {
    do {
        try body()
        return nil
    } catch {
        return error as? LandmarkdError
    }
}

/// Pictures of noise, one after the other, for camfs to play.
struct NoisePictures {
    let bytes: [UInt8]
    let pictureSize: Int

    init(count: Int, pictureSize: Int, seed: UInt64 = 1) {
        var random = SplitMix64(seed: seed)
        bytes = (0..<count * pictureSize).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        self.pictureSize = pictureSize
    }

    var count: Int { bytes.count / pictureSize }
    func picture(_ index: Int) -> ArraySlice<UInt8> { bytes[index * pictureSize..<(index + 1) * pictureSize] }
}

/// Where a pixel format keeps the samples of pixel (x, y), by the book (V4L2's documentation) and not by our code.
struct PixelPlaces: Sendable, CustomStringConvertible {
    let name: String
    /// Bytes of a picture of width × height.
    let size: @Sendable (_ width: Int, _ height: Int) -> Int
    /// Places of Y, Cb, Cr; of Y alone in grey.
    let places: @Sendable (_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> [Int]
    var description: String { name }

    static let known = [
        PixelPlaces(name: "GREY", size: { $0 * $1 }, places: { x, y, w, _ in [y * w + x] }),
        PixelPlaces(
            name: "YUYV", size: { 2 * $0 * $1 },
            places: { x, y, w, _ in
                let pair = 2 * (y * w + x / 2 * 2)
                return [2 * (y * w + x), pair + 1, pair + 3]
            }),
        PixelPlaces(
            name: "UYVY", size: { 2 * $0 * $1 },
            places: { x, y, w, _ in
                let pair = 2 * (y * w + x / 2 * 2)
                return [2 * (y * w + x) + 1, pair, pair + 2]
            }),
        PixelPlaces(
            name: "NV12", size: { $0 * $1 * 3 / 2 },
            places: { x, y, w, h in
                let pair = w * h + y / 2 * w + x / 2 * 2
                return [y * w + x, pair, pair + 1]
            }),
        PixelPlaces(
            name: "NV21", size: { $0 * $1 * 3 / 2 },
            places: { x, y, w, h in
                let pair = w * h + y / 2 * w + x / 2 * 2
                return [y * w + x, pair + 1, pair]
            }),
        PixelPlaces(
            name: "YU12", size: { $0 * $1 * 3 / 2 },
            places: { x, y, w, h in
                let chroma = y / 2 * (w / 2) + x / 2
                return [y * w + x, w * h + chroma, w * h * 5 / 4 + chroma]
            }),
    ]
}

/// JPEG pictures of the given brightnesses, one after the other.
func jpegPictures(_ brightnesses: [UInt8], width: Int, height: Int) throws -> [UInt8] {
    try brightnesses.flatMap { brightness in
        let buffer = gradient(width: width, height: height)
        buffer.plane(0).update(repeating: brightness)
        return try StillEncoder.encode(
            buffer.frame(fullRange: true), codec: AV_CODEC_ID_MJPEG, format: AV_PIX_FMT_YUVJ420P)
    }
}
