import Base
import FaceTracking
import Foundation
import Logging
import Results
import Synchronization

/// One live output: a queue and a thread that drains it into a sink. Enqueuing never waits; what does not fit is dropped and counted.
///
/// A failing sink is retried after a growing pause; results in the meantime are dropped. May be used by any thread.
final class LiveOutput: Sendable {
    /// Results that may wait for the sink: about two seconds of a camera.
    private static let capacity = 64

    let name: String
    private let metrics: OutputMetrics
    private let queue = BoundedQueue<StreamResult>(capacity: LiveOutput.capacity)
    private let running = DispatchGroup()

    /// What an output reports to its stream.
    struct Listener: Sendable {
        /// The fault it has now; nil: it works.
        var fault: @Sendable (String?) -> Void
        /// Seconds from the result until it was written.
        var written: @Sendable (Double) -> Void
    }

    /// Starts at once. `rate`: results per second at most. `makeSink` is called by the output's thread.
    init(
        _ name: String, rate: Double? = nil, faces: FaceChoice = .all, metrics: OutputMetrics, log: Logger,
        retry: Backoff = Backoff(), listener: Listener,
        makeSink: @escaping @Sendable () -> any LiveSink
    ) {
        (self.name, self.metrics) = (name, metrics)
        let (queue, running) = (queue, running)
        running.enter()
        Thread {
            Thread.current.name = "output"
            var loop = OutputLoop(
                name: name, queue: queue, sink: makeSink(), metrics: metrics, log: log, retry: retry, listener: listener
            )
            (loop.pacer, loop.faces) = (ResultPacer(rate: rate), faces)
            loop.run()
            running.leave()
        }.start()
    }

    /// Takes a result, if there is room.
    func put(_ result: StreamResult) {
        if !queue.offer(result) { metrics.dropped.increment() }
    }

    /// Ends the queue: what was taken is written, and the sink is closed.
    func end() { queue.end() }

    /// Waits until the sink is closed; false where that took too long.
    func wait(until deadline: DispatchTime) -> Bool { running.wait(timeout: deadline) == .success }

    func destroyMetrics() { metrics.destroy() }
}

/// The thread of an output. Bound to that thread.
private struct OutputLoop {
    let name: String
    let queue: BoundedQueue<StreamResult>
    let sink: any LiveSink
    let metrics: OutputMetrics
    let log: Logger
    var retry: Backoff
    let listener: LiveOutput.Listener
    /// While the sink fails: when it began, when to try again, and how much was dropped since.
    private var outage: (start: Double, retryTime: Double, dropped: Int)?
    private var lostBefore = 0
    var pacer = ResultPacer(rate: nil)
    var faces = FaceChoice.all

    init(
        name: String, queue: BoundedQueue<StreamResult>, sink: any LiveSink, metrics: OutputMetrics, log: Logger,
        retry: Backoff, listener: LiveOutput.Listener
    ) {
        (self.name, self.queue, self.sink, self.metrics, self.log) = (name, queue, sink, metrics, log)
        (self.retry, self.listener) = (retry, listener)
    }

    mutating func run() {
        while true {
            let now = monotonicSeconds()
            if let result = pacer.next(at: now) {
                take(result)
                continue
            }
            switch queue.take(seconds: min(1, pacer.pause(at: now) ?? 1)) {
            case .value(let result): pacer.add(result.choosing(faces))
            case .nothing: attempt { (sink) throws(LandmarkdError) in try sink.flush() }
            case .end:
                if let last = pacer.last() { take(last) }
                attempt { (sink) throws(LandmarkdError) in try sink.close() }
                return
            }
        }
    }

    private mutating func take(_ result: StreamResult) {
        if let outage, monotonicSeconds() < outage.retryTime {
            drop(1)
            return
        }
        let isRetry = outage != nil
        let worked = attempt { (sink) throws(LandmarkdError) in
            try sink.write(result)
            if isRetry { try sink.flush() }
        }
        guard worked else { return }
        metrics.results.increment()
        metrics.recordLatency(seconds: unixSeconds() - result.result.time)
        listener.written(max(0, unixSeconds() - result.result.time - result.latency))
        if isRetry { recover() }
    }

    /// Whether the sink did it; if not, the outage begins or continues.
    @discardableResult
    private mutating func attempt(_ body: (any LiveSink) throws(LandmarkdError) -> Void) -> Bool {
        do throws(LandmarkdError) {
            try body(sink)
            countLost(atLeast: 0)
            return true
        } catch {
            fail(error)
            return false
        }
    }

    private mutating func fail(_ error: LandmarkdError) {
        let now = monotonicSeconds()
        if outage == nil {
            log.error("\(name): \(error.cause); results are dropped until it works again", metadata: nil)
            metrics.failures.increment()
        }
        outage = (outage?.start ?? now, now + retry.next(), outage?.dropped ?? 0)
        countLost(atLeast: 1)
        listener.fault("\(name): \(error.cause)")
    }

    /// Results that the sink took and lost again.
    private mutating func countLost(atLeast least: Int) {
        drop(max(least, sink.lost - lostBefore))
        lostBefore = sink.lost
    }

    private mutating func drop(_ count: Int) {
        if count == 0 { return }
        outage?.dropped += count
        metrics.dropped.increment(by: count)
    }

    private mutating func recover() {
        guard let outage else { return }
        let seconds = decimal(monotonicSeconds() - outage.start, 1)
        log.notice("\(name): works again after \(seconds) s; \(outage.dropped) results were dropped")
        self.outage = nil
        retry.reset()
        listener.fault(nil)
    }
}

extension OutputSettings {
    /// Opens nothing yet. `stream` is the results' stream; its poses may be recentred.
    func makeSink(
        _ settings: StreamSettings, scheme: LandmarkScheme, recentring: RecentreRequests, log: Logger? = nil
    ) -> any LiveSink {
        let stream = settings.name
        func datagrams(_ host: String, _ port: Int, _ format: any PacketFormat) -> DatagramSink {
            DatagramSink(description, host: host, port: port, format: format)
        }
        return switch place {
        case .csv(let path):
            RotatingFiles(path: path, CSVRows(scheme, groups: columns), rotation: rotation, keep: keep, log: log)
        case .jsonl("-"): StandardOutputSink(JSONRows(stream: stream, groups: columns))
        case .jsonl(let path):
            RotatingFiles(
                path: path, JSONRows(stream: stream, groups: columns), rotation: rotation, keep: keep, log: log)
        case .udp(let host, let port): DatagramSink(host: host, port: port, groups: columns)
        case .opentrack(let host, let port): datagrams(host, port, OpentrackPackets(recentring))
        case .openSeeFace(let host, let port):
            datagrams(host, port, OpenSeeFacePackets(focalLength: settings.focalLength))
        case .vmc(let host, let port): datagrams(host, port, VMCPackets(recentring))
        case .unix(let path): UnixSocketSink(path: path, JSONRows(stream: stream, groups: columns))
        case .mqtt(let settings): MQTTSink(description, stream: stream, settings: settings)
        }
    }
}
