import Metrics

/// Counters and measurements of one stream. Names follow Prometheus' conventions; `MetricDescription` says what each means.
final class StreamMetrics: Sendable {
    let received: Counter
    let dropped: Counter
    let broken: Counter
    let clockJumps: Counter
    let tracked: Counter
    let withFaces: Counter
    let reconnects: Counter
    let locatorRuns: Counter
    let up: Gauge
    let rate: Gauge
    let faces: Gauge
    let confidence: Recorder
    /// Exposure to result.
    let latency: Metrics.Timer
    private let stages: [Stage: Metrics.Timer]
    private let stream: String
    private let factory: any MetricsFactory

    /// Processing stages of a frame.
    enum Stage: String, CaseIterable {
        /// From the exposure until the frame is received.
        case capture
        /// Until the tracker takes it.
        case wait
        case track
        /// From the result until an output has written it.
        case output
    }

    init(stream: String, factory: any MetricsFactory = MetricsSystem.factory) {
        (self.stream, self.factory) = (stream, factory)
        let dimensions = [("stream", stream)]
        func counter(_ name: String) -> Counter {
            Counter(label: "landmarkd_\(name)", dimensions: dimensions, factory: factory)
        }
        func gauge(_ name: String) -> Gauge {
            Gauge(label: "landmarkd_\(name)", dimensions: dimensions, factory: factory)
        }
        func timer(_ name: String, _ more: [(String, String)] = []) -> Metrics.Timer {
            Metrics.Timer(label: "landmarkd_\(name)", dimensions: dimensions + more, factory: factory)
        }
        received = counter("frames_received_total")
        dropped = counter("frames_dropped_total")
        broken = counter("frames_broken_total")
        clockJumps = counter("clock_jumps_total")
        tracked = counter("frames_tracked_total")
        withFaces = counter("frames_with_face_total")
        reconnects = counter("reconnects_total")
        locatorRuns = counter("locator_runs_total")
        up = gauge("stream_up")
        rate = gauge("frames_per_second")
        faces = gauge("faces")
        confidence = Recorder(
            label: "landmarkd_face_confidence", dimensions: dimensions, aggregate: true, factory: factory)
        latency = timer("latency_seconds")
        stages = Dictionary(
            uniqueKeysWithValues: Stage.allCases.map { ($0, timer("stage_seconds", [("stage", $0.rawValue)])) })
        for counter in [received, dropped, broken, clockJumps, tracked, withFaces, reconnects, locatorRuns] {
            counter.increment(by: 0)
        }
        up.record(0)
    }

    /// `seconds` may be slightly negative where two clocks are compared.
    func record(_ stage: Stage, seconds: Double) { Self.record(seconds, in: stages[stage]) }

    func recordLatency(seconds: Double) { Self.record(seconds, in: latency) }

    fileprivate static func record(_ seconds: Double, in timer: Metrics.Timer?) {
        timer?.recordNanoseconds(Int64(min(max(0, seconds), 1e6) * 1e9))
    }

    /// Counters of one of the stream's outputs.
    func output(_ name: String) -> OutputMetrics { OutputMetrics(stream: stream, output: name, factory: factory) }

    /// Removes all series of the stream.
    func destroy() {
        for counter in [received, dropped, broken, clockJumps, tracked, withFaces, reconnects, locatorRuns] {
            counter.destroy()
        }
        for gauge in [up, rate, faces] { gauge.destroy() }
        confidence.destroy()
        latency.destroy()
        for timer in stages.values { timer.destroy() }
    }
}

/// Counters of one output.
struct OutputMetrics: Sendable {
    let results: Counter
    let dropped: Counter
    let failures: Counter
    /// Exposure to written.
    private let latency: Metrics.Timer

    fileprivate init(stream: String, output: String, factory: any MetricsFactory) {
        let dimensions = [("stream", stream), ("output", output)]
        results = Counter(label: "landmarkd_output_results_total", dimensions: dimensions, factory: factory)
        dropped = Counter(label: "landmarkd_output_dropped_total", dimensions: dimensions, factory: factory)
        failures = Counter(label: "landmarkd_output_failures_total", dimensions: dimensions, factory: factory)
        latency = Metrics.Timer(
            label: "landmarkd_output_latency_seconds", dimensions: dimensions, factory: factory)
        for counter in [results, dropped, failures] { counter.increment(by: 0) }
    }

    /// Slightly negative where two clocks are compared.
    func recordLatency(seconds: Double) { StreamMetrics.record(seconds, in: latency) }

    func destroy() {
        latency.destroy()
        for counter in [results, dropped, failures] { counter.destroy() }
    }
}
