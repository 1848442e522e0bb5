extension Graph {
    /// Moves the running means and variances by `share` towards the mean of the graphs' last batches: one step's worth for the threads
    /// of a trainer. Uses of the same statistics follow one after another.
    package static func updateRunningStatistics(_ graphs: [Graph], share: Float) {
        guard let first = graphs.first else { return }
        for index in first.normalizations.indices {
            let uses = graphs.map { $0.normalizations[index] }
            let (means, variances) = (uses[0].runningMean.values, uses[0].runningVariance.values)
            let rows = Float(uses.count)
            for c in 0..<uses[0].channels {
                var (mean, variance): (Float, Float) = (0, 0)
                for use in uses { (mean, variance) = (mean + use.mean[c] / rows, variance + use.variance[c] / rows) }
                means[c] += share * (mean - means[c])
                variances[c] += share * (variance - variances[c])
            }
        }
    }
}
