import Metrics
import Synchronization

/// Keeps all metrics that were made through swift-metrics, and writes them as Prometheus' text. May be used by any thread.
///
/// Counters end in `_total` and timers in `_seconds`, even if the label does not. Metrics created with the same
/// label and dimensions share a value; it is removed once all of them are destroyed.
package final class MetricsRegistry: Sendable {
    private let families = Mutex<[String: MetricFamily]>([:])

    package init() {}

    /// All metrics with those of the process, in Prometheus' text format 0.0.4, in the order of their names.
    package func text(version: String) -> String {
        var families = families.withLock { $0 }
        families.merge(processMetrics(version: version)) { ours, _ in ours }
        for (name, family) in families {
            guard let summaryName = MetricDescription.of(name)?.summaryName else { continue }
            families[summaryName] = family.summaries
        }
        var text = ""
        for name in families.keys.sorted() { families[name]!.append(name: name, to: &text) }
        return text
    }

    private func cell<Cell: MetricCell>(
        _ label: String, ending: String = "", _ dimensions: [(String, String)], _ make: (_ name: String) -> Cell
    ) -> Cell {
        let name = metricName(label, ending: ending)
        let labels = MetricLabels(dimensions)
        return families.withLock { families in
            if let known = families[name]?.series[labels], let cell = known.cell as? Cell {
                families[name]!.series[labels]!.users += 1
                return cell
            }
            let cell = make(name)
            // A name already taken by another kind of metric keeps its kind: the new metric is then not exported.
            if families[name, default: MetricFamily(kind: Cell.kind)].kind == Cell.kind {
                families[name, default: MetricFamily(kind: Cell.kind)].series[labels] = .init(cell: cell, users: 1)
            }
            return cell
        }
    }

    private func release(_ handler: AnyObject) {
        families.withLock { families in
            for (name, family) in families {
                guard let (labels, series) = family.series.first(where: { $0.value.cell === handler }) else { continue }
                families[name]!.series[labels]!.users = series.users - 1
                if series.users == 1 { families[name]!.series[labels] = nil }
                if families[name]!.series.isEmpty { families[name] = nil }
                return
            }
        }
    }
}

extension MetricsRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(label, ending: "_total", dimensions) { _ in CounterCell() }
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        cell(label, ending: "_total", dimensions) { _ in CounterCell() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(label, dimensions) { _ in GaugeCell() }
    }

    /// A histogram where values are to be aggregated, else the last value.
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return cell(label, dimensions) { _ in GaugeCell() } }
        return cell(label, dimensions) { histogram($0) }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        cell(label, ending: "_seconds", dimensions) { histogram($0) }
    }

    private func histogram(_ name: String) -> HistogramCell {
        let description = MetricDescription.of(name)
        return HistogramCell(
            limits: description?.buckets ?? MetricDescription.latencyBuckets,
            keepsRecent: description?.summaryName != nil)
    }

    package func destroyCounter(_ handler: any CounterHandler) { release(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { release(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { release(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { release(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { release(handler) }
}
