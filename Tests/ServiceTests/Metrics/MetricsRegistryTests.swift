import Foundation
import Metrics
import TestSupport
import Testing

@testable import Service

@Suite struct MetricsRegistryTests {
    let registry = MetricsRegistry()

    @Test func countersGaugesAndHistogramsAreWrittenInOrder() {
        let received = Counter(
            label: "landmarkd_frames_received", dimensions: [("stream", "b")], factory: registry)
        received.increment(by: 3)
        Counter(label: "landmarkd_frames_received_total", dimensions: [("stream", "a")], factory: registry).increment()
        Gauge(label: "landmarkd_faces", dimensions: [("stream", "a")], factory: registry).record(2)
        Meter(label: "landmarkd_http_connections", factory: registry).set(1.5)
        let cut = Recorder(label: "landmarkd_face_confidence", aggregate: true, factory: registry)
        for value in [0.05, 0.1, 0.97, 1.0] { cut.record(value) }
        #expect(
            ours == """
                # HELP landmarkd_face_confidence Confidence of each followed face, 0 to 1.
                # TYPE landmarkd_face_confidence histogram
                landmarkd_face_confidence_bucket{le="0.1"} 2
                landmarkd_face_confidence_bucket{le="0.2"} 2
                landmarkd_face_confidence_bucket{le="0.3"} 2
                landmarkd_face_confidence_bucket{le="0.4"} 2
                landmarkd_face_confidence_bucket{le="0.5"} 2
                landmarkd_face_confidence_bucket{le="0.6"} 2
                landmarkd_face_confidence_bucket{le="0.7"} 2
                landmarkd_face_confidence_bucket{le="0.8"} 2
                landmarkd_face_confidence_bucket{le="0.9"} 2
                landmarkd_face_confidence_bucket{le="0.95"} 2
                landmarkd_face_confidence_bucket{le="0.98"} 3
                landmarkd_face_confidence_bucket{le="+Inf"} 4
                landmarkd_face_confidence_sum 2.12
                landmarkd_face_confidence_count 4
                # HELP landmarkd_faces Faces followed in the last frame.
                # TYPE landmarkd_faces gauge
                landmarkd_faces{stream="a"} 2
                # HELP landmarkd_frames_received_total Frames received from the source.
                # TYPE landmarkd_frames_received_total counter
                landmarkd_frames_received_total{stream="a"} 1
                landmarkd_frames_received_total{stream="b"} 3
                # HELP landmarkd_http_connections Open HTTP connections.
                # TYPE landmarkd_http_connections gauge
                landmarkd_http_connections 1.5

                """)
    }

    @Test func timersCountSecondsInTheirOwnBuckets() {
        let timer = Metrics.Timer(
            label: "landmarkd_stage", dimensions: [("stream", "a"), ("stage", "track")], factory: registry)
        timer.recordMilliseconds(4)
        timer.recordSeconds(30)
        let lines = ours.split(separator: "\n")
        #expect(lines.contains("# UNIT landmarkd_stage_seconds seconds"))
        #expect(lines.contains(#"landmarkd_stage_seconds_bucket{stage="track",stream="a",le="0.003"} 0"#))
        #expect(lines.contains(#"landmarkd_stage_seconds_bucket{stage="track",stream="a",le="0.005"} 1"#))
        #expect(lines.contains(#"landmarkd_stage_seconds_bucket{stage="track",stream="a",le="5"} 1"#))
        #expect(lines.contains(#"landmarkd_stage_seconds_bucket{stage="track",stream="a",le="+Inf"} 2"#))
        #expect(lines.contains(#"landmarkd_stage_seconds_sum{stage="track",stream="a"} 30.004"#))
        #expect(lines.contains(#"landmarkd_stage_seconds_count{stage="track",stream="a"} 2"#))
    }

    @Test func latencyIsSummedUpOverTheLastFrames() {
        let timer = Metrics.Timer(label: "landmarkd_latency_seconds", dimensions: [("stream", "a")], factory: registry)
        for _ in 0..<100 { timer.recordSeconds(9) }
        // These push the ones before out of the window.
        for milliseconds in 1...HistogramCell.recentCount { timer.recordMilliseconds(milliseconds) }
        let lines = ours.split(separator: "\n")
        #expect(lines.contains("# TYPE landmarkd_recent_latency_seconds summary"))
        #expect(lines.contains(#"landmarkd_recent_latency_seconds{stream="a",quantile="0.5"} 0.257"#))
        #expect(lines.contains(#"landmarkd_recent_latency_seconds{stream="a",quantile="0.99"} 0.507"#))
        #expect(lines.contains(#"landmarkd_recent_latency_seconds_count{stream="a"} 612"#))
        #expect(lines.contains(#"landmarkd_latency_seconds_count{stream="a"} 612"#))
    }

    @Test func namesAndValuesThatPrometheusCannotReadAreMadeReadable() {
        Counter(
            label: "http.requests-1", dimensions: [("a.b", "back\\slash \"quoted\"\nsecond line")], factory: registry
        ).increment()
        #expect(ours.contains(#"http_requests_1_total{a_b="back\\slash \"quoted\"\nsecond line"} 1"#))
    }

    @Test func aSeriesIsGoneOnceAllThatHoldItHaveDestroyedIt() {
        let first = Counter(label: "landmarkd_reconnects_total", dimensions: [("stream", "a")], factory: registry)
        let second = Counter(label: "landmarkd_reconnects_total", dimensions: [("stream", "a")], factory: registry)
        let other = Counter(label: "landmarkd_reconnects_total", dimensions: [("stream", "b")], factory: registry)
        first.increment()
        first.destroy()
        second.increment()
        #expect(ours.contains(#"landmarkd_reconnects_total{stream="a"} 2"#))
        second.destroy()
        #expect(!ours.contains(#"stream="a""#) && ours.contains(#"stream="b""#))
        other.destroy()
        #expect(ours.isEmpty, "no HELP or TYPE line stays behind")
    }

    @Test func aNameKeepsTheKindItHasFirst() {
        Gauge(label: "landmarkd_faces", factory: registry).record(3)
        let wrong = Recorder(label: "landmarkd_faces", aggregate: true, factory: registry)
        wrong.record(7)
        wrong.destroy()
        #expect(ours.hasSuffix("# TYPE landmarkd_faces gauge\nlandmarkd_faces 3\n"))
    }

    @Test func everyMetricOfAStreamIsDescribed() throws {
        let metrics = StreamMetrics(stream: "a", factory: registry)
        let output = metrics.output("csv")
        metrics.recordLatency(seconds: 0.01)
        let text = registry.text(version: "")
        let names = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
        #expect(names.count > 20)
        for name in names { #expect(text.contains("# HELP \(name) "), "\(name)") }
        output.destroy()
        metrics.destroy()
        #expect(ours.isEmpty, "a stream that is removed leaves nothing behind")
    }

    @Test func manyThreadsLoseNoCount() async {
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask { [registry] in
                    let counter = Counter(label: "landmarkd_reconnects_total", factory: registry)
                    let timer = Metrics.Timer(label: "landmarkd_latency_seconds", factory: registry)
                    for _ in 0..<1000 {
                        counter.increment()
                        timer.recordMilliseconds(worker + 1)
                    }
                }
            }
        }
        #expect(ours.contains("landmarkd_reconnects_total 8000\n"))
        #expect(ours.contains("landmarkd_latency_seconds_count 8000\n"))
    }

    @Test func theProcessIsMeasured() throws {
        let text = registry.text(version: "1.2.3")
        #expect(text.contains("landmarkd_build_info{version=\"1.2.3\"} 1\n"))
        #expect(try value("process_resident_memory_bytes", text) > 1e6)
        #expect(try value("process_open_fds", text) >= 3)
        #expect(try value("process_max_fds", text) > value("process_open_fds", text))
        #expect(try value("process_threads", text) >= 1)
        let start = try value("process_start_time_seconds", text)
        let now = Date().timeIntervalSince1970
        #expect(start < now + 1 && start > now - 24 * 3600)
        var sum = 0.0
        repeat {
            for i in 1..<100_000 { sum += 1 / Double(i) }
        } while try value("process_cpu_seconds_total", registry.text(version: ""))
            <= value("process_cpu_seconds_total", text)
        #expect(sum > 0)
    }

    /// promtool prints what it would have named or described otherwise.
    @Test(.enabled(if: hasProgram("promtool"), "promtool of Debian's package prometheus is not installed"))
    func promtoolFindsNothing() throws {
        let stream = [("stream", "a \"b\"")]
        for name in ["frames_received_total", "frames_dropped_total", "frames_broken_total", "reconnects_total"] {
            Counter(label: "landmarkd_\(name)", dimensions: stream, factory: registry).increment()
        }
        Gauge(label: "landmarkd_faces", dimensions: stream, factory: registry).record(1)
        Metrics.Timer(label: "landmarkd_latency_seconds", dimensions: stream, factory: registry).recordMilliseconds(12)
        Recorder(label: "landmarkd_face_confidence", dimensions: stream, factory: registry).record(0.9)
        let folder = try TemporaryFolder()
        try registry.text(version: "1").write(toFile: folder.path("metrics"), atomically: false, encoding: .utf8)
        let result = try run("sh", ["-c", "promtool check metrics < \"$0\"", folder.path("metrics")])
        #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty, "\(result)")
    }

    /// The text without what the process itself tells.
    private var ours: String {
        let process = Set(processMetrics(version: "").keys)
        return registry.text(version: "").split(separator: "\n").filter { line in
            let words = line.split(whereSeparator: { " {".contains($0) })
            return !process.contains(String(line.hasPrefix("#") ? words[2] : words[0]))
        }.map { $0 + "\n" }.joined()
    }

    private func value(_ name: String, _ text: String) throws -> Double {
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
        return try #require(Double(line.dropFirst(name.count + 1)))
    }
}
