import Foundation
import TestSupport
import Testing

@testable import Base
@testable import Service

/// The alert rules and the dashboard: they ask for what the program exports, and Prometheus understands them.
@Suite struct MonitoringTests {
    static let folder = "\(packageFolder)/systemd/monitoring"
    static let lacksPromtool = hasProgram("promtool") ? nil : "promtool of Debian's package prometheus is not installed"

    private func alerts() throws -> String {
        try String(contentsOfFile: "\(Self.folder)/landmarkd-alerts.yml", encoding: .utf8)
    }

    /// PromQL of all panels, with Grafana's variables filled in.
    private func panelExpressions() throws -> [String] {
        let data = try Data(contentsOf: URL(filePath: "\(Self.folder)/landmarkd-dashboard.json"))
        let dashboard = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        let panels = try #require(dashboard["panels"] as? [[String: Any]])
        return panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }.compactMap { $0["expr"] as? String }.map {
            $0.replacing("$__rate_interval", with: "1m").replacing("$instance", with: ".*").replacing(
                "$stream", with: ".*")
        }
    }

    @Test func theyAskOnlyForMetricsThatThereAre() throws {
        let expressions = try panelExpressions()
        #expect(expressions.count >= 10 && expressions.allSatisfy { !$0.contains("$") })
        let text = try alerts().split(separator: "\n").filter { $0.contains("expr: ") }.joined(separator: "\n")
        let names = (text + expressions.joined(separator: "\n")).matches(of: /(landmarkd|process)_[a-z_]+/)
            .map { $0.output.0.replacing(/_(bucket|sum|count)$/, with: "") }
        #expect(names.count > 20)
        for name in Set(names) { #expect(MetricDescription.of(String(name)) != nil, "\(name)") }
    }

    @Test(.enabled(if: lacksPromtool == nil, "\(lacksPromtool ?? "")")) func promtoolTakesRulesAndPanels() throws {
        let place = try TemporaryFolder()
        let rules = try panelExpressions().enumerated().map { "  - {record: 'panel:\($0)', expr: '\($1)'}\n" }
        let text = "groups:\n- name: panels\n  rules:\n" + rules.joined()
        try writeFile(place.path("panels.yml"), Array(text.utf8))
        let result = try run(
            "promtool", ["check", "rules", "\(Self.folder)/landmarkd-alerts.yml", place.path("panels.yml")])
        #expect(
            result.status == 0 && result.output.contains("SUCCESS: 9 rules found"), "\(result.output)\(result.errors)")
    }

    /// Prometheus' own test of rules: series in, alerts out.
    @Test(.enabled(if: lacksPromtool == nil, "\(lacksPromtool ?? "")")) func alertsFireWhenTheyShould() throws {
        let place = try TemporaryFolder()
        let test = """
            rule_files: ["\(Self.folder)/landmarkd-alerts.yml"]
            evaluation_interval: 15s
            tests:
            - interval: 15s
              input_series:
              - {series: 'landmarkd_stream_up{instance="a",stream="door"}', values: '1x20 0x100'}
              - {series: 'landmarkd_stream_up{instance="a",stream="hall"}', values: '1x120'}
              - {series: 'landmarkd_frames_received_total{instance="a",stream="door"}', values: '0+300x120'}
              - {series: 'landmarkd_frames_dropped_total{instance="a",stream="door"}', values: '0+60x120'}
              - {series: 'landmarkd_frames_received_total{instance="a",stream="hall"}', values: '0+300x120'}
              - {series: 'landmarkd_frames_dropped_total{instance="a",stream="hall"}', values: '0+3x120'}
              alert_rule_test:
              - {eval_time: 4m, alertname: LandmarkdStreamDown, exp_alerts: []}
              - eval_time: 8m
                alertname: LandmarkdStreamDown
                exp_alerts:
                - exp_labels: {severity: critical, instance: a, stream: door}
                  exp_annotations:
                    summary: "Stream door at a delivers no frames"
                    description: "Its camera is unplugged, busy or hangs, or its file has ended; /healthz says why."
              - eval_time: 20m
                alertname: LandmarkdFramesDropped
                exp_alerts:
                - exp_labels: {severity: warning, instance: a, stream: door}
                  exp_annotations:
                    summary: "Stream door at a drops more than a tenth of its frames"
                    description: "The processor is too slow for all streams: lower 'rate', 'faces' or the number of streams."
            """
        try writeFile(place.path("test.yml"), Array(test.utf8))
        let result = try run("promtool", ["test", "rules", place.path("test.yml")])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}
