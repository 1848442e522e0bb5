import FaceTracking
import TestSupport
import Testing

@testable import Samples
@testable import Training

/// The whole cascade with its loss, as a training step runs it, against differences of the loss.
@Suite struct CascadeGradientTests {
    private static let targets = [
        CascadeTarget(landmarks: points(1), presence: true), CascadeTarget(landmarks: [], presence: false),
        CascadeTarget(landmarks: points(2), presence: true),
    ]

    private static func points(_ seed: UInt64) -> [SIMD2<Double>] {
        let numbers = uniform(10, 0.1, 0.9, seed: seed)
        return (0..<5).map { SIMD2(Double(numbers[2 * $0]), Double(numbers[2 * $0 + 1])) }
    }

    private static func configuration(_ change: (inout CascadeConfiguration) -> Void) -> CascadeConfiguration {
        var configuration = CascadeConfiguration()
        (configuration.scheme, configuration.points, configuration.crop) = ("five", 5, 32)
        (configuration.width, configuration.deepWidth, configuration.attentionHeads) = (9, 14, 2)
        (configuration.sigma, configuration.offsetGain) = (2, 0.5)
        change(&configuration)
        return configuration
    }

    private static let configurations = [
        configuration { _ in },
        configuration {
            ($0.separateStatistics, $0.sharedUnit, $0.expandedFirstStage) = (false, false, false)
            ($0.attention, $0.channels, $0.passes) = (false, 1, 3)
        },
        configuration { ($0.heatmapAttention, $0.stem, $0.spatialTransformer) = (true, .patches, .features) },
    ]

    /// Squared differences, since the other forms have kinks. The last image is a face by itself, or the frame after the one before it.
    @Test(arguments: configurations, [false, true])
    func gradientsOfAllParameters(configuration: CascadeConfiguration, paired: Bool) {
        var weights = CascadeLoss.Weights()
        (weights.heatmap, weights.form, weights.steadiness) = (0.5, .squared, 30)
        var targets = Self.targets
        if paired {
            targets.swapAt(0, 1)
            targets[2].isNextFrame = true
        }
        let step = TestedStep(configuration, weights, targets)
        step.compute()
        let gradients = Array(step.network.graph.gradients!.elements)
        for parameter in step.network.graph.weights.parameters {
            step.compare(parameter.name, parameter.values, Array(gradients[parameter.range]))
        }
    }

    /// Steps of the differences change which number of a block is the largest, so that this one is rough; its layers are checked by
    /// themselves.
    @Test func gradientsOfTheReferenceLayout() {
        var weights = CascadeLoss.Weights()
        (weights.heatmap, weights.form) = (0.5, .squared)
        let configuration = Self.configuration {
            ($0.layout, $0.width, $0.attention, $0.crop) = (.reference, 3, false, 64)
        }
        let step = TestedStep(configuration, weights, Self.targets)
        step.compute()
        let gradients = Array(step.network.graph.gradients!.elements)
        for parameter in step.network.graph.weights.parameters {
            step.compare(
                parameter.name, parameter.values, Array(gradients[parameter.range]), step: 0.0003, tolerance: 0.15,
                slack: 1.5e-3)
        }
    }

    @Test func errorsThatStayTheSameFromFrameToFrameAreNoUnsteadiness() {
        var weights = CascadeLoss.Weights()
        weights.steadiness = 1
        let network = CascadeNetwork(
            Self.configuration { _ in }, .training, batch: 2, passes: 1, weights: ModelWeights())
        let found = network.passes[0].position.values.elements
        let (before, now) = (Self.points(1), Self.points(2))
        // Both frames are wrong by the same: 0.1 to the right.
        for (image, truth) in [before, now].enumerated() {
            for point in 0..<5 {
                found[image * 10 + point] = Float(truth[point].x) + 0.1
                found[image * 10 + 5 + point] = Float(truth[point].y)
            }
        }
        let targets = [
            CascadeTarget(landmarks: before, presence: true),
            CascadeTarget(landmarks: now, presence: true, isNextFrame: true),
        ]
        let loss = CascadeLoss(network, weights)
        network.graph.beginBackward()
        #expect(loss.addGradients(targets, faces: 2, samples: 2).steadiness < 1e-6)
        found[10] += 0.2
        network.graph.beginBackward()
        #expect(abs(loss.addGradients(targets, faces: 2, samples: 2).steadiness - 0.2 / 10 / 2) < 1e-6)
    }

    @Test(arguments: [CascadeLoss.Coordinates.squared, .absolute, .wing(width: 0.1, curvature: 0.02)])
    func formsOfTheCoordinateLoss(form: CascadeLoss.Coordinates) {
        for x in [-0.7, -0.11, -0.05, -0.003, 0.002, 0.07, 0.14, 0.9] as [Float] {
            let difference = (Double(form.value(x + 1e-3).0) - Double(form.value(x - 1e-3).0)) / 2e-3
            #expect(abs(Double(form.value(x).1) - difference) < 2e-2, "at \(x)")
        }
        #expect(form.value(0) == (0, 0))
        #expect(abs(form.value(0.1).0 - form.value(0.0999999).0) < 1e-6)
    }
}

/// A step of training on three random images, the first with a prior.
private struct TestedStep {
    let network: CascadeNetwork
    let loss: CascadeLoss
    let targets: [CascadeTarget]

    init(_ configuration: CascadeConfiguration, _ weights: CascadeLoss.Weights, _ targets: [CascadeTarget]) {
        network = CascadeNetwork(
            configuration, .training, batch: targets.count, passes: configuration.passes, weights: ModelWeights())
        loss = CascadeLoss(network, weights)
        self.targets = targets
        let crop = network.crop.values.elements
        _ = crop.update(fromContentsOf: uniform(crop.count, seed: 3))
        network.setPrior(targets[2].landmarks, image: 0)
        for (index, parameter) in network.graph.weights.parameters.enumerated() {
            let gamma = parameter.name.hasSuffix(".gamma")
            let dense =
                parameter.shape.count == 1 || ["pass.offset.weight", "pass.place.weight"].contains(parameter.name)
            guard dense || parameter.name.hasSuffix(".position") else { continue }
            // Arguments of hard swish stay away from its kinks; nothing is at rest at 0. What gives coordinates moves them a little.
            let reach = parameter.name.hasPrefix("pass.place") ? 0.02 : 0.3
            let numbers = uniform(parameter.count, gamma ? 0.4 : -reach, gamma ? 0.7 : reach, seed: UInt64(index))
            _ = parameter.values.update(fromContentsOf: numbers)
        }
    }

    @discardableResult func compute() -> Double {
        network.graph.prepare()
        network.graph.forward()
        network.graph.beginBackward()
        let parts = loss.addGradients(targets, faces: 2, samples: 3)
        network.graph.backward()
        return parts.total
    }

    private func value() -> Double {
        network.graph.prepare()
        network.graph.forward()
        return loss.addGradients(targets, faces: 2, samples: 3).total
    }

    /// `slack`: what differences of a loss in 32 bits leave open where the slope is near 0.
    ///
    /// Along the gradient's numbers times random positive ones: no number can hide, and the slope is steep. Parameters that a
    /// normalisation further on makes void have no gradient; their slope must be flat.
    func compare(
        _ name: String, _ values: UnsafeMutableBufferPointer<Float>, _ gradient: [Float], step: Double = 0.01,
        tolerance: Double = 0.02, slack: Double = 5e-4
    ) {
        let length = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        let factors = uniform(values.count, 0.2, 1.8, seed: UInt64(values.count))
        let direction = length > 1e-5 ? zip(gradient, factors).map { $0 * $1 / Float(length) } : factors
        let found = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        let wanted = slope(of: value, moving: values, along: direction, step: step)
        #expect(abs(found - wanted) <= tolerance * length + slack, "\(name): \(found), not \(wanted)")
    }
}
