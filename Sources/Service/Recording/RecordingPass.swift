import Base
import FaceTracking

/// What became of a recording.
public struct RecordingSummary: Sendable, Equatable {
    /// Rows' frames: decoded or failed, inside the asked span.
    public var frames = 0
    public var framesWithFaces = 0
    /// Frames that failed to decode.
    public var brokenFrames = 0
    /// Seconds from the first frame to the last one seen.
    public var time = 0.0

    public init() {}
}

/// One pass over a recording: source → tracker → outputs. The same results for any `threads`.
public struct RecordingPass {
    /// Names the recording in messages.
    public var name: String
    /// Seconds from the first frame; frames outside have no rows but are counted by `frame`.
    public var span: Range<Double> = 0..<Double.infinity
    /// From 2 on the decoder works ahead of the tracker in a thread of its own.
    public var threads = 1
    /// Asked before each frame.
    public var isInterrupted: () -> Bool = { Interruption.isAsked }
    /// Told after each frame.
    public var progress: (RecordingSummary) -> Void = { _ in }

    public init(name: String) { self.name = name }

    /// Tracks all frames. `makeOutputs` is called once a picture is there, so that an unusable file leaves no table.
    ///
    /// Throws what source, tracker and outputs throw, `.interrupted` where it was, `.unusableData` where nothing could
    /// be decoded; the outputs then keep what they have under their partial names.
    public func run(
        _ source: any PictureSource, _ tracker: any FaceTracker,
        makeOutputs: (SourcePicture) throws(LandmarkdError) -> [any TrackOutput]
    ) throws(LandmarkdError) -> RecordingSummary {
        tracker.reset()
        let feed = PictureFeed(source, ahead: threads > 1)
        defer { feed.stop() }
        guard let first = try feed.next() else {
            throw LandmarkdError(.unusableData, "\(name): no picture in it", remedy: "check that it plays elsewhere")
        }
        let outputs = try makeOutputs(first)
        var summary = RecordingSummary()
        do throws(LandmarkdError) {
            try follow(first, feed, tracker, outputs, &summary)
        } catch {
            // The first error is the one to tell.
            for output in outputs { try? output.interrupt() }
            throw error
        }
        for output in outputs { try output.finish() }
        return summary
    }

    private func follow(
        _ first: SourcePicture, _ feed: PictureFeed, _ tracker: any FaceTracker, _ outputs: [any TrackOutput],
        _ summary: inout RecordingSummary
    ) throws(LandmarkdError) {
        var number = 0
        var next: SourcePicture? = first
        while let picture = next, picture.time < span.upperBound {
            if isInterrupted() { throw interrupted(outputs, summary) }
            number += 1
            if picture.time >= span.lowerBound {
                let faces = try picture.frame.map { frame throws(LandmarkdError) in try tracker.process(frame) } ?? []
                let result = FrameResult(frame: number, time: picture.time, faces: faces)
                try checkFinite(result)
                for output in outputs { try output.write(result, of: picture.frame) }
                summary.add(result, isBroken: picture.frame == nil)
            }
            summary.time = picture.time
            progress(summary)
            next = try feed.next()
        }
        guard summary.frames > summary.brokenFrames else { throw nothing(summary) }
    }

    private func checkFinite(_ result: FrameResult) throws(LandmarkdError) {
        for face in result.faces {
            let box = [face.box.x, face.box.y, face.box.width, face.box.height]
            let numbers = face.points.flatMap { [$0.x, $0.y] } + face.pointConfidence + [face.confidence] + box
            guard numbers.allSatisfy({ abs($0) < 1e9 }) else {
                throw LandmarkdError(
                    .unusableData, "\(name): frame \(result.frame): the model gives coordinates that are no numbers",
                    remedy: "use another model")
            }
        }
    }

    private func interrupted(_ outputs: [any TrackOutput], _ summary: RecordingSummary) -> LandmarkdError {
        let kept = outputs.compactMap(\.partialPath).joined(separator: ", ")
        return LandmarkdError(
            .interrupted,
            "\(name): interrupted after \(summary.frames) frames" + (kept.isEmpty ? "" : ", kept in \(kept)"),
            remedy: "run it again for the whole, or rename the partial file to use it")
    }

    private func nothing(_ summary: RecordingSummary) -> LandmarkdError {
        if summary.brokenFrames > 0 {
            return LandmarkdError(
                .unusableData, "\(name): none of \(summary.brokenFrames) frames could be decoded",
                remedy: "copy or record it anew")
        }
        return LandmarkdError(
            .unusableData,
            "\(name): no frame between \(span.lowerBound) and \(span.upperBound) s: it ends at \(summary.time) s",
            remedy: "give an earlier --start")
    }
}

extension RecordingSummary {
    fileprivate mutating func add(_ result: FrameResult, isBroken: Bool) {
        frames += 1
        if !result.faces.isEmpty { framesWithFaces += 1 }
        if isBroken { brokenFrames += 1 }
    }
}
