import Capture

@testable import Base
@testable import FaceTracking
@testable import Recording
@testable import Results

/// A recording of `count` small grey frames, 25 a second; some broken, failing at one if asked.
final class PlayedSource: FrameSource {
    let duration: Double?
    private let count: Int
    private let broken: Set<Int>
    private let failsAt: Int?
    private(set) var given = 0

    init(_ count: Int, broken: Set<Int> = [], failsAt: Int? = nil) {
        (self.count, self.broken, self.failsAt) = (count, broken, failsAt)
        duration = Double(count) / 25
    }

    func next() throws(LandmarkdError) -> DecodedFrame? {
        if given == failsAt { throw LandmarkdError(.inputOutput, "clip: reading: Input/output error") }
        guard given < count else { return nil }
        given += 1
        let time = Double(given - 1) / 25
        if broken.contains(given) { return DecodedFrame(index: given - 1, time: time, frame: nil) }
        let picture = PixelBuffer(width: 8, height: 8, hasChroma: false)
        picture.bytes[0] = UInt8(given)
        let frame = picture.frame(fullRange: true, time: time)
        return DecodedFrame(index: given - 1, time: time, frame: frame)
    }
}

/// Sees a face in every frame but each fifth; its landmarks tell how many frames it saw and the frame's first pixel.
final class CountingTracker: FaceTracker {
    let pointCount = 2
    let searches = 0
    private var seen = 0

    func reset() { seen = 0 }

    func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        seen += 1
        guard !seen.isMultiple(of: 5) else { return [] }
        let pixel = Double(frame.luma.base.load(as: UInt8.self))
        let points = [SIMD2(Double(seen), pixel), SIMD2(0, 0)]
        let box = Box(low: .zero, high: .zero)
        return [TrackedFace(id: 1, confidence: 1, box: box, points: points, pointConfidence: [1, 1])]
    }
}

/// Keeps what it was given.
final class CollectingOutput: TrackOutput {
    private(set) var results: [FrameResult] = []
    private(set) var framesWithPicture = 0
    private(set) var end = "none"
    let partialPath: String? = "clip.csv.partial"

    func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError) {
        results.append(result)
        if frame != nil { framesWithPicture += 1 }
    }

    func finish() throws(LandmarkdError) { end = "finished" }

    func interrupt() throws(LandmarkdError) { end = "interrupted" }
}
