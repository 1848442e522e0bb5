import CKernels
import NeuralNetwork

/// Adam with decoupled weight decay. Source: Loshchilov and Hutter 2019, "Decoupled weight decay regularization", algorithm 2.
public final class AdamW {
    public struct Settings: Sendable, Equatable {
        public var beta1: Float = 0.9
        public var beta2: Float = 0.99
        public var epsilon: Float = 1e-8
        public var weightDecay: Float = 0.02

        public init() {}
    }

    private let settings: Settings
    private let weights: ParameterSet
    public let mean: Tensor
    public let variance: Tensor
    /// Steps taken.
    public var step = 0

    public init(_ weights: ParameterSet, _ settings: Settings = Settings()) {
        (self.weights, self.settings) = (weights, settings)
        mean = Tensor(zeros: weights.count)
        variance = Tensor(zeros: weights.count)
    }

    /// One step at learning rate `rate`, with `gradient` (laid out like the weights) times `clip`.
    public func update(rate: Float, gradient: UnsafeBufferPointer<Float>, clip: Float) {
        precondition(gradient.count == weights.count, "gradient of \(gradient.count) for \(weights.count) weights")
        step += 1
        let correction1 = 1 - power(settings.beta1, step)
        let correction2 = 1 - power(settings.beta2, step)
        for parameter in weights.parameters {
            let range = parameter.range
            lm_adamw(
                parameter.values.baseAddress!, gradient.baseAddress! + range.lowerBound,
                mean.elements.baseAddress! + range.lowerBound, variance.elements.baseAddress! + range.lowerBound,
                range.count, rate, settings.beta1, settings.beta2, correction1, correction2, settings.epsilon,
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
