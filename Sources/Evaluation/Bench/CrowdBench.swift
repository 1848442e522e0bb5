import Base
import FaceTracking
import Rendering

/// Cost of tracking with many faces in the picture, and with none; processor time of one thread.
struct CrowdBench {
    private static let (width, height, rate) = (1280, 720, 30.0)
    private static let frames = 30

    private let model: CascadeModel
    private let locator: LocatorModel
    private let face: AverageFace

    init(_ model: CascadeModel, locator: LocatorModel, face: AverageFace) {
        (self.model, self.locator, self.face) = (model, locator, face)
    }

    /// Cost of a frame while `count` faces are followed, drawn in rows and swaying.
    func cost(of count: Int) throws(LandmarkdError) -> BenchReport.FaceCost {
        let tracker = tracker(faces: count)
        let frames = clip(faces: count)
        // Two searches with a second between them: everybody is followed when the clock starts.
        for time in [-2.0, -1.0] { _ = try tracker.process(at(time, frames[0])) }
        let (seconds, followed) = try processorSeconds(frames, tracker)
        return BenchReport.FaceCost(
            count: count, milliseconds: 1000 * seconds / Double(frames.count), followed: followed)
    }

    /// Processor seconds per second of a stream without a face.
    func idleShare() throws(LandmarkdError) -> Double {
        let tracker = tracker(faces: 1)
        let frames = clip(faces: 0)
        _ = try tracker.process(at(-1, frames[0]))
        return try processorSeconds(frames, tracker).seconds * Self.rate / Double(frames.count)
    }

    private func tracker(faces: Int) -> CascadeTracker {
        TrackerModels(model, locator).tracker(TrackingSettings(faces: max(1, faces)))
    }

    /// Cost of all frames, and the smallest number of followed faces.
    private func processorSeconds(
        _ frames: [Frame], _ tracker: CascadeTracker
    ) throws(LandmarkdError) -> (seconds: Double, followed: Int) {
        let start = threadProcessorSeconds()
        var followed = Int.max
        for frame in frames { followed = min(followed, try tracker.process(frame).count) }
        return (threadProcessorSeconds() - start, followed)
    }

    private func at(_ time: Double, _ frame: Frame) -> Frame {
        var frame = frame
        frame.time = time
        return frame
    }

    private func clip(faces: Int) -> [Frame] {
        let columns = faces > 4 ? 4 : max(1, faces)
        let rows = max(1, (faces + columns - 1) / columns)
        let cell = Point(Double(Self.width) / Double(columns), Double(Self.height) / Double(rows))
        let parts = (0..<faces).map { index in
            let place = Point(Double(index % columns) + 0.5, Double(index / columns) + 0.5) * cell
            let act = Performance(
                scale: min(cell.x, cell.y) / 3.2, center: place, sway: cell * 0.04, duration: 3, seed: UInt64(index + 1)
            )
            return ClipScript.Part(person: .average, pose: { act.pose($0) }, expression: { act.expression($0) })
        }
        var script = ClipScript(frameCount: Self.frames, parts: parts, seed: 3)
        (script.width, script.height, script.frameRate) = (Self.width, Self.height, Self.rate)
        let renderer = ClipRenderer(script, face: face)
        return (0..<Self.frames).map { renderer.render($0).frame }
    }
}
