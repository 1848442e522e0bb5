import CKernels
import FaceTracking
import Glibc
import NeuralNetwork

/// Adam with decoupled weight decay. Source: Loshchilov and Hutter 2019, "Decoupled weight decay regularization", algorithm 2.
package final class AdamW {
    package struct Settings: Sendable, Equatable {
        package var beta1: Float = 0.9
        package var beta2: Float = 0.99
        package var epsilon: Float = 1e-8
        package var weightDecay: Float = 0.02

        package init() {}
    }

    private let settings: Settings
    private let weights: ParameterSet
    package let mean: Tensor
    package let variance: Tensor
    /// Steps taken.
    package var step = 0

    package init(_ weights: ParameterSet, _ settings: Settings = Settings()) {
        (self.weights, self.settings) = (weights, settings)
        mean = Tensor(zeros: weights.count)
        variance = Tensor(zeros: weights.count)
    }

    /// One step at learning rate `rate`, with `gradient` (laid out like the weights) times `clip`.
    ///
    /// - Parameter factor: of the learning rate, by the parameter's name.
    package func update(
        rate: Float, gradient: UnsafeBufferPointer<Float>, clip: Float, factor: (String) -> Float = { _ in 1 }
    ) {
        precondition(gradient.count == weights.count, "gradient of \(gradient.count) for \(weights.count) weights")
        step += 1
        let correction1 = 1 - power(settings.beta1, step)
        let correction2 = 1 - power(settings.beta2, step)
        for parameter in weights.parameters {
            let range = parameter.range
            lm_adamw(
                parameter.values.baseAddress!, gradient.baseAddress! + range.lowerBound,
                mean.elements.baseAddress! + range.lowerBound, variance.elements.baseAddress! + range.lowerBound,
                range.count, rate * factor(parameter.name), settings.beta1, settings.beta2, correction1, correction2,
                settings.epsilon,
                parameter.decays ? settings.weightDecay : 0, clip)
        }
    }

    private func power(_ base: Float, _ exponent: Int) -> Float {
        var (result, factor, left) = (1.0, Double(base), exponent)
        while left > 0 {
            if left & 1 == 1 { result *= factor }
            factor *= factor
            left >>= 1
        }
        return Float(result)
    }
}

/// Learning rate over a run: a linear warm-up, then half a cosine down to a hundredth of the peak.
///
/// Source: Loshchilov and Hutter 2017, "SGDR", eq. 5, without restarts.
package struct CosineSchedule: Sendable, Equatable {
    package var peak: Double
    package var warmUpSteps: Int

    package init(peak: Double = 2e-3, warmUpSteps: Int = 150) { (self.peak, self.warmUpSteps) = (peak, warmUpSteps) }

    /// - Parameter progress: share of the run's samples seen, 0…1.
    package func rate(step: Int, progress: Double) -> Double {
        let warmUp = min(1, Double(step + 1) / Double(max(1, warmUpSteps)))
        return peak * warmUp * (0.01 + 0.99 * (0.5 + 0.5 * cos(.pi * min(1, progress))))
    }
}

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
