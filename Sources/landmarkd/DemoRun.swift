import Base
import Capture
import FaceTracking
import Glibc
import Recording
import Rendering
import Results

/// `landmarkd demo`: renders a clip of the average face, encodes it, tracks it like any other file, and compares.
struct DemoRun {
    /// What came of it.
    struct Report {
        var error = DrawnError()
        var frames = 0
        /// Seconds for decoding, tracking and drawing the overlay together.
        var seconds = 0.0
        /// Milliseconds of processor time a frame, for tracking alone.
        var trackingMilliseconds = 0.0
        /// Files written.
        var files: [String] = []
    }

    let script: ClipScript
    let face: AverageFace
    /// Where demo.csv and demo.mp4 go, with a slash at the end, or "".
    let folder: String
    let console: Console

    func run(_ tracker: any FaceTracker) throws(LandmarkdError) -> Report {
        let clip = try temporaryFile()
        defer { _ = clip.withSystemPath { unlink($0) } }
        let drawn = try render(clip)
        let tracker = TimedTracker(tracker)
        let comparison = Comparison(drawn)
        var report = Report()
        report.files = ["demo.csv", "demo.mp4"].map { folder + $0 }
        var pass = RecordingPass(name: "demo clip")
        pass.threads = 2
        pass.progress = { summary in
            console.progress(share: Double(summary.frames) / Double(drawn.count)) { "tracked" }
        }
        let start = monotonicSeconds()
        let summary = try pass.run(VideoReader(clip), tracker) { first throws(LandmarkdError) in
            [
                try TableWriter(csv: report.files[0], scheme: tracker.scheme),
                OverlayWriter(path: report.files[1], lines: tracker.scheme.lines, frameRate: script.frameRate),
                comparison,
            ]
        }
        console.clear()
        report.seconds = monotonicSeconds() - start
        (report.frames, report.error) = (summary.frames, comparison.error)
        report.trackingMilliseconds = 1000 * tracker.seconds / Double(max(1, tracker.frames))
        return report
    }

    /// Renders and encodes all frames; the landmarks drawn in each.
    private func render(_ path: String) throws(LandmarkdError) -> [[Point]?] {
        let renderer = ClipRenderer(script, face: face)
        let writer = try VideoWriter(path, width: script.width, height: script.height, frameRate: script.frameRate)
        var drawn: [[Point]?] = []
        for index in 0..<script.frameCount {
            if Interruption.isAsked {
                throw LandmarkdError(.interrupted, "demo: interrupted while rendering", remedy: "run it again")
            }
            let frame = renderer.render(index)
            try writer.write(frame.picture, time: frame.time)
            drawn.append(frame.faces[0])
            console.progress(share: Double(index) / Double(script.frameCount)) { "rendered" }
        }
        try writer.finish()
        return drawn
    }

    private func temporaryFile() throws(LandmarkdError) -> String {
        let root = getenv("TMPDIR").map { String(systemPath: $0) } ?? "/tmp"
        var template = "\(root)/landmarkd-demo-XXXXXX.mp4".withSystemPath {
            Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
        }
        let descriptor = mkstemps(&template, 4)
        guard descriptor >= 0 else {
            throw LandmarkdError(
                .cannotCreate, "\(root): creating a file: \(systemFault())",
                remedy: "set TMPDIR to a writable folder")
        }
        close(descriptor)
        return template.withUnsafeBufferPointer { String(systemPath: $0.baseAddress!) }
    }

    /// Holds the tracked landmarks against the drawn ones.
    private final class Comparison: TrackOutput {
        private let drawn: [[Point]?]
        private(set) var error = DrawnError()
        let partialPath: String? = nil

        init(_ drawn: [[Point]?]) { self.drawn = drawn }

        func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError) {
            guard drawn.indices.contains(result.frame - 1), let truth = drawn[result.frame - 1] else { return }
            error.add(tracked: result.faces.first?.points, drawn: truth)
        }

        func finish() throws(LandmarkdError) {}

        func interrupt() throws(LandmarkdError) {}
    }
}
