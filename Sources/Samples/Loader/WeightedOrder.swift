import Base

/// Draws indices in proportion to weights.
struct WeightedOrder: Sendable {
    /// Sums of the weights, the last one 1.
    private let cumulative: [Double]

    init(_ weights: [Double]) {
        var sum = 0.0
        let sums = weights.map { weight in
            sum += max(0, weight)
            return sum
        }
        precondition(sum > 0, "all weights are 0")
        cumulative = sums.map { $0 / sum }
    }

    func draw(_ random: inout SplitMix64) -> Int {
        let target = random.uniform()
        return min(cumulative.count - 1, cumulative.partitioningIndex { $0 > target })
    }
}

extension [Double] {
    /// First index whose element satisfies `condition`, where all after it do.
    package func partitioningIndex(_ condition: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
