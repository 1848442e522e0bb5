import Base
import NeuralNetwork

/// Estimate of the cascade for one crop of a frame.
package struct CascadeEstimate: Sendable {
    /// Landmarks in pixels of the picture as displayed.
    package var points: [Point]
    /// Probability that the crop holds a face, as the network gives it.
    package var presence: Double
    /// Probability that the landmarks are those of a face, within 0.08 of its eye distance on average.
    package var confidence: Double
    /// Probability of each landmark that it is within 0.08 of the eye distance; where the model was not fitted for it, the height of its
    /// heatmap's peak over that of an ideal Gaussian.
    package var pointConfidence: [Double]
}

/// Runs a cascade on crops of frames. Allocates nothing for the network after it is made. Bound to one thread.
package final class CascadeRunner {
    package let model: CascadeModel
    package let scheme: LandmarkScheme
    private let network: CascadeNetwork
    private let plan: InferencePlan
    private let sampler: CropSampler
    private let calibration: ConfidenceCalibration
    private let pointCalibration: PointCalibration?

    /// - Parameter passes: most passes that `run` may be asked for; those of the model's training by default.
    package init(_ model: CascadeModel, passes: Int? = nil) {
        (self.model, calibration, pointCalibration) = (model, model.calibration, model.pointCalibration)
        let configuration = model.configuration
        scheme = model.scheme
        network = CascadeNetwork(
            configuration, .inference, batch: 1, passes: passes ?? configuration.passes, weights: model.weights)
        plan = network.makePlan()
        sampler = CropSampler(side: configuration.crop)
    }

    /// Multiply-adds of features and `passes` passes.
    package func multiplyAdds(passes: Int) -> Int {
        network.graph.multiplyAdds(0..<network.passes[passes - 1].layers.upperBound)
    }

    /// Samples the crop that `frameFromCrop` (crop units to picture) places, and runs `passes` passes, from `prior` (pixels of the picture) or from
    /// nothing. Returns the estimate after each pass in `all`, or after the last alone.
    package func run(
        _ frame: Frame, _ frameFromCrop: SimilarityMap, prior: [Point]?, passes: Int, all: Bool = false
    ) -> [CascadeEstimate] {
        sample(frame, frameFromCrop)
        let cropFromFrame = frameFromCrop.inverse
        network.setPrior(prior.map { cropFromFrame($0) }, image: 0)
        computeFeatures()
        var estimates: [CascadeEstimate] = []
        for pass in 0..<passes {
            compute(pass: pass)
            if all || pass == passes - 1 { estimates.append(estimate(pass, frameFromCrop)) }
        }
        return estimates
    }

    /// The steps of `run`, one by one, for benchmarks.
    package func sample(_ frame: Frame, _ frameFromCrop: SimilarityMap) {
        sampler.sample(frame, frameFromCrop, into: network.crop.values.elements)
    }
    package func computeFeatures() { plan.run(0) }
    package func compute(pass: Int) { plan.run(1 + pass) }

    /// Steps of a tracked frame: features and one pass.
    package var steps: [(name: String, run: () -> Void)] { plan.steps(of: 0) + plan.steps(of: 1) }

    private func estimate(_ pass: Int, _ frameFromCrop: SimilarityMap) -> CascadeEstimate {
        let sharpness = network.sharpness(pass: pass, image: 0)
        let logit = Double(network.passes[pass].presence.values.elements[0])
        return CascadeEstimate(
            points: frameFromCrop(network.landmarks(pass: pass, image: 0)),
            presence: network.presence(pass: pass, image: 0),
            confidence: calibration(logit: logit, sharpness: sharpness.reduce(0, +) / Double(sharpness.count)),
            pointConfidence: pointCalibration?(logit: logit, sharpness: sharpness) ?? sharpness)
    }
}
