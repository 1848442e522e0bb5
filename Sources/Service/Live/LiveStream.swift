import Base
import Capture
import FaceTracking
import Foundation
import Logging

/// A running stream: a capture thread, a tracking thread and the outputs' threads. May be used by any thread.
final class LiveStream: Sendable {
    let settings: StreamSettings
    private let context: StreamContext
    private let outputs: [LiveOutput]
    private let running = DispatchGroup()
    private let captureBeat: Heartbeat
    private let trackingBeat: Heartbeat

    /// Starts at once. Throws as `StreamDependencies.opener` does.
    init(
        _ settings: StreamSettings, state: StreamState, history: StreamHistory, dependencies: StreamDependencies,
        log: Logger
    ) throws(LandmarkdError) {
        let opener = try dependencies.opener(settings)
        let context = StreamContext(settings, state: state, history: history, dependencies: dependencies, log: log)
        (self.settings, self.context) = (settings, context)
        outputs = settings.outputs.map { output in
            let name = output.description
            return LiveOutput(
                name, rate: output.rate, faces: output.faces, metrics: context.metrics.output(name), log: context.log,
                retry: context.retry,
                listener: LiveOutput.Listener(
                    fault: { context.faults.set(name, $0) }, written: { context.metrics.record(.output, seconds: $0) })
            ) {
                output.makeSink(
                    settings, scheme: dependencies.scheme, recentring: context.state.recentring, log: context.log)
            }
        }
        captureBeat = Heartbeat("capture of \(settings.name)")
        trackingBeat = Heartbeat("tracking of \(settings.name)")
        state.update { status in
            (status.state, status.source, status.reasons, status.rate) = (.starting, opener.name.shown, [], 0)
        }
        start(opener, dependencies)
    }

    private func start(_ opener: any LiveSourceOpener, _ dependencies: StreamDependencies) {
        let (settings, context, outputs) = (settings, context, outputs)
        let (captureBeat, trackingBeat) = (captureBeat, trackingBeat)
        startThread("capture") {
            var capture = CaptureLoop(context, opener, captureBeat)
            capture.run()
        }
        startThread("track") {
            var tracking = InferenceLoop(context, dependencies.tracker(settings), outputs, trackingBeat)
            tracking.run()
        }
    }

    private func startThread(_ role: String, _ body: @escaping @Sendable () -> Void) {
        let (running, name) = (running, settings.name)
        running.enter()
        Thread {
            // The kernel keeps 15 bytes.
            Thread.current.name = "\(role) \(name)"
            body()
            running.leave()
        }.start()
    }

    /// Asks all threads to end; results so far are still written.
    func stop() {
        context.stop.set()
        context.slot.close()
    }

    /// Waits for the end of all threads after `stop`; false where one of them hangs and is abandoned.
    func wait(until deadline: DispatchTime) -> Bool {
        let ended = running.wait(timeout: deadline) == .success
        if !ended { for output in outputs { output.end() } }
        // The last rows are worth waiting a moment for, even when a camera has used up the time.
        let last = max(deadline, .now() + 0.2)
        return outputs.allSatisfy { $0.wait(until: last) } && ended
    }

    /// Removes the stream's metrics: it is gone, not merely restarted with other settings.
    func forget() {
        context.metrics.destroy()
        for output in outputs { output.destroyMetrics() }
    }

    /// Makes health report a source that neither delivers nor fails, such as a driver that hangs. To be called regularly.
    func checkPulse() {
        guard !isAbandoned else { return }
        let status = context.state.status
        let limit = context.patience + 5 / (status.format?.rate ?? 5) + 3
        guard captureBeat.busyTime > limit else {
            context.faults.set("pulse", nil)
            return
        }
        context.faults.set("pulse", "\(status.source): hangs: it neither delivers nor fails")
        context.state.update { if $0.state == .delivering { ($0.state, $0.rate) = (.waiting, 0) } }
        context.metrics.up.record(0)
    }

    private var beats: [Heartbeat] { [captureBeat, trackingBeat] }

    /// The loops that have missed their deadline.
    var overdue: [String] { beats.filter(\.isOverdue).map(\.name) }

    /// Abandons the threads that hang: should they ever continue, they end without any effect. Blocks for a moment.
    func abandon() {
        for beat in beats where beat.isOverdue { beat.abandon() }
        stop()
        _ = wait(until: .now())
    }

    /// Whether one of its threads was abandoned.
    var isAbandoned: Bool { beats.contains(where: \.isAbandoned) }

    /// Whether all its threads have ended.
    var hasEnded: Bool { running.wait(timeout: .now()) == .success }

    /// Reports the source as hanging for good.
    func giveUp(_ reason: String) {
        context.faults.set("pulse", reason)
        context.state.update { ($0.state, $0.rate) = (.waiting, 0) }
        context.metrics.up.record(0)
    }
}
