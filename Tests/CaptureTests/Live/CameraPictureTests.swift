import Base
import TestSupport
import Testing

@testable import Capture

/// What a camera shows arrives as it is, through real ioctls and mapped memory.
@Suite(.enabled(if: Camfs.lacks == nil, "\(Camfs.lacks ?? "")"), .ownThread) struct CameraPictureTests {
    @Test(arguments: PixelPlaces.known) func rawPicturesArriveByteForByte(_ format: PixelPlaces) throws {
        let (width, height) = (46, 30)
        let shown = NoisePictures(count: 3, pictureSize: format.size(width, height))
        let camera = try Camfs(modes: ["\(format.name):\(width)x\(height)@60"], frames: shown.bytes)
        let source = try open(camera)
        #expect(source.format == LiveFormat(width: width, height: height, encoding: format.name, rate: 60))
        for live in try frames(7, of: source) {
            let seen = pixels(live.frame)
            let matching = (0..<shown.count).filter { seen == pixels(shown.picture($0), format, width, height) }
            #expect(matching.count == 1, "a frame unlike any that was shown")
            #expect(live.frame.bitDepth == 8 && live.frame.fullRange == (format.name == "GREY"))
        }
        #expect(source.brokenFrames == 0)
    }

    @Test func jpegPicturesAreDecodedInFullRange() throws {
        let shown: [UInt8] = [0, 100, 255]
        let camera = try Camfs(
            modes: ["MJPG:64x48@60"], frames: try jpegPictures(shown, width: 64, height: 48))
        let source = try open(camera)
        #expect(source.format.encoding == "MJPG")
        let expected = gradient(width: 64, height: 48).frame(fullRange: true)
        for live in try frames(6, of: source) {
            let frame = live.frame
            #expect(frame.fullRange && frame.width == 64 && frame.height == 48)
            let middle = colour(frame, 32, 24)
            #expect(shown.contains { abs(Int($0) - middle[0]) <= 3 }, "\(middle)")
            #expect(difference(Array(middle[1...]), Array(colour(expected, 32, 24)[1...])) <= 6, "\(middle)")
        }
        #expect(source.brokenFrames == 0)
    }

    @Test func aCameraThatOffersNothingReadableIsConverted() throws {
        let (width, height) = (64, 48)
        let pixel: [UInt8] = [200, 60, 30]
        let bytes = (0..<width * height).flatMap { _ in pixel }
        let camera = try Camfs(modes: ["RGB3:\(width)x\(height)@30"], frames: bytes)
        let source = try open(camera)
        #expect(source.format == LiveFormat(width: width, height: height, encoding: "YU12 (converted)", rate: 30))
        let frame = try frames(1, of: source)[0].frame
        // BT.601, limited range.
        #expect(difference(colour(frame, 20, 20), [101, 94, 192]) <= 3, "\(colour(frame, 20, 20))")
        #expect(!frame.fullRange)
    }

    /// Every sample that a frame has for every pixel.
    private func pixels(_ frame: Frame) -> [Int] {
        (0..<frame.height).flatMap { y in (0..<frame.width).flatMap { x in colour(frame, x, y) } }
    }

    private func pixels(_ bytes: ArraySlice<UInt8>, _ format: PixelPlaces, _ width: Int, _ height: Int) -> [Int] {
        (0..<height).flatMap { y in
            (0..<width).flatMap { x in
                format.places(x, y, width, height).map { Int(bytes[bytes.startIndex + $0]) }
            }
        }
    }
}
