import Metrics
import Synchronization

/// Value of one series. An update holds a lock for a few instructions, cheap enough for the inference thread.
protocol MetricCell: AnyObject, Sendable {
    /// As in a `# TYPE` line.
    static var kind: String { get }

    /// The lines of one series of the metric `name`.
    func append(name: String, labels: MetricLabels, to text: inout String)
}

final class CounterCell: MetricCell, CounterHandler, FloatingPointCounterHandler {
    static let kind = "counter"
    private let value: Mutex<Double>

    init(_ start: Double = 0) { value = Mutex(start) }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { value.withLock { $0 += max(0, amount) } }
    func reset() { value.withLock { $0 = 0 } }

    func append(name: String, labels: MetricLabels, to text: inout String) {
        text += metricLine(name, labels, value.withLock { $0 })
    }
}

final class GaugeCell: MetricCell, MeterHandler, RecorderHandler {
    static let kind = "gauge"
    private let value: Mutex<Double>

    init(_ start: Double = 0) { value = Mutex(start) }

    func set(_ new: Int64) { set(Double(new)) }
    func set(_ new: Double) { value.withLock { $0 = new } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ new: Int64) { set(Double(new)) }
    func record(_ new: Double) { set(new) }

    func append(name: String, labels: MetricLabels, to text: inout String) {
        text += metricLine(name, labels, value.withLock { $0 })
    }
}

final class HistogramCell: MetricCell, RecorderHandler, TimerHandler {
    static let kind = "histogram"
    /// Number of values behind `recentQuantiles`: about 17 seconds at 30 a second.
    static let recentCount = 512

    private struct State {
        var counts: [Int]
        var sum = 0.0
        var total = 0
        /// The last values, the oldest replaced first; empty where nobody asks for them.
        var recent: [Double] = []
    }

    /// Upper ends of the buckets, ascending; one more bucket takes what is above the last.
    private let limits: [Double]
    private let keepsRecent: Bool
    private let state: Mutex<State>

    init(limits: [Double], keepsRecent: Bool = false) {
        (self.limits, self.keepsRecent) = (limits, keepsRecent)
        state = Mutex(State(counts: Array(repeating: 0, count: limits.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = limits.firstIndex { value <= $0 } ?? limits.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
            if keepsRecent, state.recent.count < Self.recentCount {
                state.recent.append(value)
            } else if keepsRecent {
                state.recent[state.total % Self.recentCount] = value
            }
            state.total += 1
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func append(name: String, labels: MetricLabels, to text: inout String) {
        let state = state.withLock { $0 }
        var below = 0
        for (limit, count) in zip(limits + [.infinity], state.counts) {
            below += count
            text += metricLine(name + "_bucket", labels.with("le", metricNumber(limit)), Double(below))
        }
        text += metricLine(name + "_sum", labels, state.sum)
        text += metricLine(name + "_count", labels, Double(state.total))
    }

    /// Sum and count of all values, and half and 99 % of the last ones: the value that so many do not exceed.
    fileprivate var summary: (sum: Double, total: Int, quantiles: [(share: Double, value: Double)]) {
        let state = state.withLock { $0 }
        let sorted = state.recent.sorted()
        let quantiles = [0.5, 0.99].map { share in
            (share, sorted.isEmpty ? .nan : sorted[Int((share * Double(sorted.count - 1)).rounded(.up))])
        }
        return (state.sum, state.total, quantiles)
    }
}

/// A histogram's last values as a summary, readable without a query language.
final class SummaryCell: MetricCell {
    static let kind = "summary"
    private let histogram: HistogramCell

    init(of histogram: HistogramCell) { self.histogram = histogram }

    func append(name: String, labels: MetricLabels, to text: inout String) {
        let summary = histogram.summary
        for (share, value) in summary.quantiles {
            text += metricLine(name, labels.with("quantile", metricNumber(share)), value)
        }
        text += metricLine(name + "_sum", labels, summary.sum)
        text += metricLine(name + "_count", labels, Double(summary.total))
    }
}
