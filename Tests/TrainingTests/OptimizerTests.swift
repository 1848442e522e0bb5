import FaceTracking
import NeuralNetwork
import TestSupport
import Testing

@testable import Training

/// Optimiser, schedule and average against numbers worked out by hand.
@Suite struct OptimizerTests {
    /// A smallest cascade's weights: all kinds of parameters, some with decay.
    private func smallModel() -> CascadeModel {
        var configuration = CascadeConfiguration()
        (configuration.scheme, configuration.points, configuration.crop) = ("two", 2, 32)
        (configuration.width, configuration.deepWidth) = (8, 8)
        return CascadeModel(configuration)
    }

    /// The first step moves every weight by the rate against the gradient's sign, whatever its size; then decay.
    @Test func firstStepOfAdamW() throws {
        let weights = smallModel().weights.trained
        var settings = AdamW.Settings()
        (settings.weightDecay, settings.epsilon) = (0.5, 1e-10)
        let optimizer = AdamW(weights, settings)
        let before = Array(weights.elements)
        let gradient = uniform(weights.count, 0.5, 2, seed: 1).enumerated().map { $0 % 2 == 0 ? $1 : -$1 }
        gradient.withUnsafeBufferPointer { optimizer.update(rate: 0.01, gradient: $0, clip: 1) }
        #expect(optimizer.step == 1)
        #expect(weights.parameters.contains { $0.decays } && weights.parameters.contains { !$0.decays })
        for parameter in weights.parameters {
            for (index, value) in zip(parameter.range, parameter.values) {
                let kept = before[index] * (parameter.decays ? 1 - 0.01 * 0.5 : 1)
                #expect(abs(value - (kept - (index % 2 == 0 ? 0.01 : -0.01))) < 1e-6, "\(parameter.name)")
            }
        }
    }

    /// Three steps with gradients 1, −2, 4 halved by the clip: moments by their definition.
    @Test func laterStepsOfAdamW() throws {
        let weights = smallModel().weights.trained
        let bias = try #require(weights["presence.logit.bias"])
        bias.values[0] = 0
        var settings = AdamW.Settings()
        (settings.beta1, settings.beta2) = (0.5, 0.75)
        let optimizer = AdamW(weights, settings)
        var (mean, variance, wanted) = (0.0, 0.0, 0.0)
        for (step, slope) in [1.0, -2, 4].enumerated() {
            let gradient = [Float](repeating: Float(slope), count: weights.count)
            gradient.withUnsafeBufferPointer { optimizer.update(rate: 0.1, gradient: $0, clip: 0.5) }
            mean = 0.5 * mean + 0.5 * slope / 2
            variance = 0.75 * variance + 0.25 * slope * slope / 4
            let corrections = [(0.5, 0.25), (0.75, 0.4375), (0.875, 0.578125)][step]
            wanted -= 0.1 * (mean / corrections.0) / (variance / corrections.1).squareRoot()
        }
        #expect(abs(Double(bias.values[0]) - wanted) < 1e-6)
        #expect(abs(Double(optimizer.mean[bias.range.lowerBound]) - mean) < 1e-6)
        #expect(abs(Double(optimizer.variance[bias.range.lowerBound]) - variance) < 1e-6)
    }

    @Test func scheduleWarmsUpThenFallsToAHundredth() {
        let schedule = CosineSchedule(peak: 2, warmUpSteps: 4)
        #expect([0, 1, 2, 3, 4].map { schedule.rate(step: $0, progress: 0) } == [0.5, 1, 1.5, 2, 2])
        #expect(abs(schedule.rate(step: 100, progress: 0.5) - 2 * (0.01 + 0.99 / 2)) < 1e-12)
        #expect(abs(schedule.rate(step: 100, progress: 1) - 0.02) < 1e-12)
        #expect(schedule.rate(step: 100, progress: 1.5) == schedule.rate(step: 100, progress: 1))
        #expect(CosineSchedule(peak: 1, warmUpSteps: 0).rate(step: 0, progress: 0) == 1)
    }

    @Test func averageFollowsFastAtFirstAndThenSlowly() throws {
        let weights = smallModel().weights
        let average = ExponentialMovingAverage(of: weights, longest: 0.9)
        let bias = try #require(weights.trained["presence.logit.bias"])
        let mean = try #require(weights.statistics["features.stem.norm.mean"])
        let (index, meanIndex) = (bias.range.lowerBound, mean.range.lowerBound)
        bias.values[0] = 1
        average.copy()
        #expect(average.weights[index] == 1 && average.statistics[meanIndex] == 0)
        (bias.values[0], mean.values[0]) = (3, 1)
        // Step 1: the past keeps 2/21.
        average.update(step: 1)
        let first = 3 - 2 * 2.0 / 21
        #expect(abs(Double(average.weights[index]) - first) < 1e-6)
        #expect(abs(Double(average.statistics[meanIndex]) - 19.0 / 21) < 1e-6)
        // Step 1000: it would keep 1001/1020, but keeps 0.9 at most.
        bias.values[0] = 0
        average.update(step: 1000)
        #expect(abs(Double(average.weights[index]) - 0.9 * first) < 1e-6)
    }
}
