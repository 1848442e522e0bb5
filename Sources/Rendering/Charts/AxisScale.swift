import Base
import Glibc

/// An axis of a chart: the span of its values, and where its ticks stand.
package struct AxisScale: Sendable {
    package let low: Double
    package let high: Double
    package let ticks: [Double]

    /// From 0 or the least value to the greatest, with about six ticks at 1, 2 or 5 times a power of ten.
    package init(_ values: [Double]) {
        // An infinite value would have no step, and ticks without an end.
        let values = values.filter { abs($0) < 1e12 }
        let low = min(0, values.min() ?? 0)
        self.init(low: low, high: max(values.max() ?? 1, low + 1e-9), count: 6)
    }

    /// The same over a given span, with at most `count` steps.
    package init(low: Double, high: Double, count: Int) {
        let rough = (high - low) / Double(max(1, count))
        let power = pow(10, floor(log10(rough)))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
        self.init(low: low, high: high, step: step)
    }

    /// Ticks in seconds, or in minutes and hours where these are rounder.
    package init(seconds: ClosedRange<Double>, count: Int) {
        let rough = max(1e-3, (seconds.upperBound - seconds.lowerBound) / Double(max(1, count)))
        let round: [Double] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400]
        guard rough > 0.5, let step = round.first(where: { $0 >= rough }) else {
            self.init(low: seconds.lowerBound, high: max(seconds.upperBound, seconds.lowerBound + 1e-3), count: count)
            return
        }
        self.init(low: seconds.lowerBound, high: seconds.upperBound, step: step)
    }

    private init(low: Double, high: Double, step: Double) {
        (self.low, self.high) = (low, high)
        ticks = Array(stride(from: (low / step).rounded(.up) * step, through: high + step * 1e-6, by: step))
    }

    /// Where a value lies: 0 at the low end, 1 at the high one, and not beyond.
    package func share(_ value: Double) -> Double { min(1, max(0, (value - low) / (high - low))) }

    /// A tick in as few digits as tell it from its neighbours.
    package func label(_ tick: Double) -> String {
        let step = ticks.count > 1 ? ticks[1] - ticks[0] : 1
        let digits = tick.rounded() == tick ? 0 : max(1, min(6, Int((-log10(step) - 1e-6).rounded(.up))))
        return decimal(tick, digits)
    }

    /// A tick in seconds as hours, minutes and seconds where the axis is longer than two minutes.
    package func timeLabel(_ tick: Double) -> String {
        guard high - low > 120, abs(tick) < 1e9 else { return label(tick) }
        let seconds = Int(tick.rounded())
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = "\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return seconds >= 3600 || high >= 3600 ? "\(seconds / 3600):\(minutes)" : minutes
    }
}
