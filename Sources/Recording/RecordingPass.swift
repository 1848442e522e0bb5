import Base
import Capture
import FaceTracking
import Results

/// What became of a recording.
package struct RecordingSummary: Sendable, Equatable, Codable {
    /// Decoded or failed.
    package var frames = 0
    package var framesWithFaces = 0
    /// Faces that were followed: numbers given.
    package var faces = 0
    /// Frames that failed to decode.
    package var brokenFrames = 0
    /// Jumps of the recording's clock, which were taken out of its times.
    package var clockJumps = 0
    /// Seconds from the first frame to the last one seen.
    package var time = 0.0
    /// Seconds from each frame with a face to the next frame.
    package var followedTime = 0.0
    /// A warning about the recording, if there is one.
    package var note: String?

    package init() {}
}

/// One pass over a recording: source → tracker → outputs. The same results for any `threads`.
package struct RecordingPass {
    /// Names the recording in messages.
    package var name: String
    /// From 2 on the decoder works ahead of the tracker in a thread of its own.
    package var threads = 1
    /// Asked before each frame.
    package var isInterrupted: () -> Bool = { Interruption.isAsked }
    /// Told after each frame.
    package var progress: (RecordingSummary) -> Void = { _ in }

    package init(name: String) { self.name = name }

    /// Tracks all frames. `makeOutputs` is called once a picture is there, so that an unusable file leaves no table.
    ///
    /// Throws what source, tracker and outputs throw, `.interrupted` where it was, `.unusableData` where there is no
    /// picture; the outputs then keep what they have under their partial names.
    package func run(
        _ source: any FrameSource, _ tracker: any FaceTracker,
        makeOutputs: (DecodedFrame) throws(LandmarkdError) -> [any TrackOutput]
    ) throws(LandmarkdError) -> RecordingSummary {
        tracker.reset()
        let feed = FrameFeed(source, ahead: threads > 1)
        defer { feed.stop() }
        guard let first = try feed.next() else {
            throw LandmarkdError(.unusableData, "\(name): no picture in it", remedy: "check that it plays elsewhere")
        }
        let outputs = try makeOutputs(first)
        var summary = RunningSummary()
        do throws(LandmarkdError) {
            try follow(first, feed, tracker, outputs, &summary)
        } catch {
            // The first error is the one to report.
            for output in outputs { try? output.interrupt() }
            throw error
        }
        for output in outputs { try output.finish() }
        summary.summary.note = source.note
        return summary.summary
    }

    private func follow(
        _ first: DecodedFrame, _ feed: FrameFeed, _ tracker: any FaceTracker, _ outputs: [any TrackOutput],
        _ running: inout RunningSummary
    ) throws(LandmarkdError) {
        var next: DecodedFrame? = first
        while let picture = next {
            if isInterrupted() { throw interrupted(outputs, running.summary) }
            let faces = try picture.frame.map { frame throws(LandmarkdError) in try tracker.process(frame) } ?? []
            let result = FrameResult(frame: picture.index + 1, time: picture.time, faces: faces)
            guard faces.areFinite else {
                throw LandmarkdError(
                    .unusableData, "\(name): frame \(result.frame): the model gives coordinates that are not numbers",
                    remedy: "use another model")
            }
            for output in outputs { try output.write(result, of: picture.frame) }
            running.add(result, isBroken: picture.frame == nil)
            running.summary.clockJumps = picture.clockJumps
            progress(running.summary)
            do throws(LandmarkdError) {
                next = try feed.next()
            } catch {
                // A pipe that was waited for.
                throw error.exitCode == .interrupted ? interrupted(outputs, running.summary) : error
            }
        }
    }

    private func interrupted(_ outputs: [any TrackOutput], _ summary: RecordingSummary) -> LandmarkdError {
        let kept = outputs.compactMap(\.partialPath).joined(separator: ", ")
        return LandmarkdError(
            .interrupted,
            "\(name): interrupted after \(summary.frames) frames" + (kept.isEmpty ? "" : ", kept in \(kept)"),
            remedy: "run it again for the complete result, or rename the partial file to use it")
    }
}

/// A summary that grows frame by frame.
private struct RunningSummary {
    var summary = RecordingSummary()
    /// Faces are numbered in the order in which they come.
    private var highestFace = 0
    private var hadFace = false

    mutating func add(_ result: FrameResult, isBroken: Bool) {
        if hadFace { summary.followedTime += result.time - summary.time }
        hadFace = !result.faces.isEmpty
        summary.frames += 1
        summary.time = result.time
        if hadFace { summary.framesWithFaces += 1 }
        if isBroken { summary.brokenFrames += 1 }
        for face in result.faces where face.id > highestFace {
            summary.faces += 1
            highestFace = face.id
        }
    }
}
