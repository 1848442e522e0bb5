import Metrics
import Synchronization

/// One series' value. Each change takes one lock for a few instructions: an inference thread may count with it.
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
    /// Upper ends of the buckets, ascending; one more bucket takes what is above the last.
    private let limits: [Double]
    private let state: Mutex<(counts: [Int], sum: Double)>

    init(limits: [Double]) {
        self.limits = limits
        state = Mutex((Array(repeating: 0, count: limits.count + 1), 0))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = limits.firstIndex { value <= $0 } ?? limits.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func append(name: String, labels: MetricLabels, to text: inout String) {
        let (counts, sum) = state.withLock { $0 }
        var below = 0
        for (limit, count) in zip(limits + [.infinity], counts) {
            below += count
            text += metricLine(name + "_bucket", labels.with("le", metricNumber(limit)), Double(below))
        }
        text += metricLine(name + "_sum", labels, sum)
        text += metricLine(name + "_count", labels, Double(below))
    }
}
