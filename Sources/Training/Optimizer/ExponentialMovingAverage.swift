import CKernels
import FaceTracking
import NeuralNetwork

/// Exponential moving average of weights and running statistics: what is judged and shipped.
///
/// The share of the past grows from 0 to `longest`, (1 + step)/(20 + step), so that the first steps do not linger.
package final class ExponentialMovingAverage {
    package let weights: Tensor
    package let statistics: Tensor
    private let source: ModelWeights
    private let longest: Double

    package init(of source: ModelWeights, longest: Double = 0.999) {
        (self.source, self.longest) = (source, longest)
        weights = Tensor(zeros: source.trained.count)
        statistics = Tensor(zeros: source.statistics.count)
        copy()
    }

    /// Starts again from the source's present numbers.
    package func copy() {
        _ = weights.elements.update(fromContentsOf: source.trained.elements)
        _ = statistics.elements.update(fromContentsOf: source.statistics.elements)
    }

    package func update(step: Int) {
        let share = Float(1 - min(longest, Double(1 + step) / Double(20 + step)))
        lm_lerp(weights.elements.baseAddress!, source.trained.elements.baseAddress!, share, weights.count)
        lm_lerp(statistics.elements.baseAddress!, source.statistics.elements.baseAddress!, share, statistics.count)
    }
}
