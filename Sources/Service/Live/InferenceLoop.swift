import Base
import Capture
import FaceTracking
import Logging
import Results

/// The tracking thread of a stream: takes the newest frame, follows its faces, publishes the result. Bound to that thread.
struct InferenceLoop {
    private let stream: StreamContext
    private let tracker: any FaceTracker
    private let outputs: [LiveOutput]
    private let heartbeat: Heartbeat
    /// Ids that were given before this tracker began.
    private let usedIDs: Int
    private var searches = 0
    private var isFailing = false

    init(
        _ stream: StreamContext, _ tracker: any FaceTracker, _ outputs: [LiveOutput], _ heartbeat: Heartbeat
    ) {
        (self.stream, self.tracker, self.outputs, self.heartbeat) = (stream, tracker, outputs, heartbeat)
        usedIDs = stream.history.highestID
    }

    private var metrics: StreamMetrics { stream.metrics }

    /// Runs until the slot is closed or its source has ended; then ends the outputs, which finishes their files.
    mutating func run() {
        heartbeat.rest()
        while let timed = stream.slot.take() {
            heartbeat.expect(within: stream.hangLimit)
            follow(timed)
            heartbeat.rest()
        }
        for output in outputs { output.end() }
    }

    private mutating func follow(_ timed: TimedFrame) {
        let start = monotonicSeconds()
        metrics.record(.wait, seconds: start - timed.time)
        do throws(LandmarkdError) {
            let faces = try tracker.process(timed.live.frame)
            if heartbeat.isAbandoned { return }
            guard faces.areFinite else {
                throw LandmarkdError(
                    .unusableData, "\(stream.name): the model gives coordinates that are not numbers",
                    remedy: "use another model")
            }
            metrics.record(.track, seconds: monotonicSeconds() - start)
            publish(faces, in: timed.live)
            setFault(nil)
        } catch {
            setFault(error.cause)
        }
    }

    private mutating func publish(_ faces: [TrackedFace], in live: LiveFrame) {
        var faces = faces
        for index in faces.indices { faces[index].id += usedIDs }
        faces.shiftTimes(by: live.exposure - live.frame.time)
        if let id = faces.map(\.id).max() { stream.history.give(id) }
        let result = StreamResult(
            stream: stream.name,
            result: FrameResult(frame: stream.history.nextFrame(), time: live.exposure, faces: faces),
            latency: max(0, unixSeconds() - live.exposure), width: live.frame.displayWidth,
            height: live.frame.displayHeight)
        for output in outputs { output.put(result) }
        stream.state.update { $0.tracked += 1 }
        stream.state.publish(result, of: live.frame)
        measure(result)
    }

    private mutating func measure(_ result: StreamResult) {
        let faces = result.result.faces
        metrics.recordLatency(seconds: result.latency)
        metrics.tracked.increment()
        if !faces.isEmpty { metrics.withFaces.increment() }
        metrics.faces.record(faces.count)
        for confidence in faces.compactMap(\.confidence) { metrics.confidence.record(confidence) }
        let now = tracker.searches
        if now > searches { metrics.locatorRuns.increment(by: now - searches) }
        searches = now
    }

    /// Logged once for any number of consecutive failures.
    private mutating func setFault(_ cause: String?) {
        guard (cause != nil) != isFailing else { return }
        isFailing = cause != nil
        stream.faults.set("tracking", cause)
        if let cause { stream.log.error("\(cause)") } else { stream.log.notice("tracking works again") }
    }
}
