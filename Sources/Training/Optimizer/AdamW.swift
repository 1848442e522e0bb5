import CKernels
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
