import FaceTracking
import Glibc
import NeuralNetwork
import Samples

/// The target of a sample.
package struct CascadeTarget: Sendable {
    /// Landmarks in crop units 0…1; empty where the crop holds no face.
    package var landmarks: [SIMD2<Double>]
    /// Whether the crop holds a face.
    package var presence: Bool
    /// Whether the previous sample is the previous frame of the same face.
    package var isNextFrame: Bool

    package init(landmarks: [SIMD2<Double>], presence: Bool, isNextFrame: Bool = false) {
        (self.landmarks, self.presence, self.isNextFrame) = (landmarks, presence, isNextFrame)
    }
}

/// Loss after every pass: cross-entropy of the heatmaps to Gaussians, a coordinate loss, cross-entropy of presence, and, between two
/// frames of a face, how much the errors of its landmarks change.
package final class CascadeLoss {
    /// Form of the coordinate loss; x in crop units.
    package enum Coordinates: Sendable, Equatable {
        /// |x|.
        case absolute
        /// x², as in the papers.
        case squared
        /// w·ln(1 + |x|/ε) below w, linear above. Source: Feng et al. 2018, "Wing loss", eq. 5.
        case wing(width: Float, curvature: Float)
    }

    package struct Weights: Sendable, Equatable {
        package var heatmap: Float = 0.05
        package var coordinates: Float = 10
        package var presence: Float = 0.3
        /// Weight of the change of errors from a frame to the next, in crop units.
        package var steadiness: Float = 0
        package var form = Coordinates.absolute
        /// Weight of the heatmaps' anisotropic loss; 0: none.
        package var anisotropic: Float = 0
        /// Weight of the errors of lids and lips against each other: how far a part is open.
        package var openings: Float = 0
        /// How much lids and inner lips count by the size of their own part, 0…1.
        package var parts = 0.0

        package init() {}
    }

    private let network: CascadeNetwork
    private let weights: Weights
    private let gaussians: GaussianMaps
    private let logitGradient: Tensor
    private let positionGradient: Tensor
    private let presenceGradient: Tensor
    private let heatGradient: Tensor
    private let landmarkWeights: [Float]
    private let lids: [(upper: Int, lower: Int)]

    package init(_ network: CascadeNetwork, _ weights: Weights) {
        (self.network, self.weights) = (network, weights)
        let configuration = network.configuration
        gaussians = GaussianMaps(
            points: configuration.points, map: configuration.map,
            sigma: configuration.sigma / Double(configuration.crop))
        logitGradient = Tensor(zeros: network.prior.shape.count)
        positionGradient = Tensor(zeros: network.prior.shape.batch * 2 * configuration.points)
        presenceGradient = Tensor(zeros: network.prior.shape.batch)
        heatGradient = Tensor(zeros: weights.anisotropic > 0 ? network.prior.shape.count : 0)
        let scheme =
            LandmarkScheme.named(configuration.scheme)
            ?? LandmarkScheme(name: configuration.scheme, count: configuration.points)
        landmarkWeights = scheme.partWeights(strength: weights.parts)
        lids = scheme.openings.flatMap(\.lids)
    }

    /// Adds the gradients of the mean loss to the network's maps (after `beginBackward`).
    ///
    /// - Parameters:
    ///   - faces, samples: of the whole batch over all threads, by which the sums are divided.
    /// - Returns: this graph's share of the mean.
    package func addGradients(_ targets: [CascadeTarget], faces: Int, samples: Int) -> LossParts {
        var parts = LossParts()
        for (number, pass) in network.passes.enumerated() {
            for (image, target) in targets.enumerated() {
                parts += landmarkLoss(number, image, target, share: 1 / Float(max(1, faces)))
                parts += presenceLoss(pass, image, target, share: 1 / Float(samples))
                if target.isNextFrame, image > 0, target.presence, weights.steadiness > 0 {
                    parts += steadinessLoss(
                        pass, image, targets[image - 1].landmarks, target.landmarks, share: 1 / Float(max(1, faces)))
                }
            }
            if weights.anisotropic > 0 { pass.heatmaps.heat.addGradient(UnsafeBufferPointer(heatGradient.elements)) }
            pass.heatmaps.addLogitGradient(UnsafeBufferPointer(logitGradient.elements))
            pass.position.addGradient(UnsafeBufferPointer(positionGradient.elements))
            pass.presence.addGradient(UnsafeBufferPointer(presenceGradient.elements))
        }
        return parts
    }

    private func landmarkLoss(_ number: Int, _ image: Int, _ target: CascadeTarget, share: Float) -> LossParts {
        let pass = network.passes[number]
        let points = network.configuration.points
        let mapCount = logitGradient.count / network.prior.shape.batch
        let maps = UnsafeMutableBufferPointer(
            rebasing: logitGradient.elements[image * mapCount..<(image + 1) * mapCount])
        let row = UnsafeMutableBufferPointer(
            rebasing: positionGradient.elements[image * 2 * points..<(image + 1) * 2 * points])
        let heat = UnsafeMutableBufferPointer(
            rebasing: heatGradient.elements[heatGradient.count > 0 ? image * mapCount..<(image + 1) * mapCount : 0..<0])
        guard target.presence else {
            maps.update(repeating: 0)
            heat.update(repeating: 0)
            row.update(repeating: 0)
            return LossParts()
        }
        // Heatmaps lie in the part of the crop that the pass saw.
        let local = network.cut(pass: number, image: image).inverse(target.landmarks)
        gaussians.place(local)
        let heatmap = pass.heatmaps.crossEntropy(
            image: image, gx: gaussians.alongX, gy: gaussians.alongY, weight: weights.heatmap * share / Float(points),
            gradient: maps)
        let coordinates = coordinateLoss(pass, image, target.landmarks, scale: weights.coordinates * share, into: row)
        var parts = LossParts()
        parts.heatmap = Double(heatmap * share)
        parts.coordinates = Double(coordinates * share)
        parts.total = Double(weights.heatmap) * parts.heatmap + Double(weights.coordinates) * parts.coordinates
        if weights.openings > 0 { parts.total += openingLoss(pass, image, target.landmarks, share: share, into: row) }
        if weights.anisotropic > 0 { parts.total += anisotropicLoss(pass, image, local, share: share, into: heat) }
        return parts
    }

    /// Mean over both coordinates of all pairs of lids of the error of one against the other; adds to `gradient`.
    private func openingLoss(
        _ pass: CascadePass, _ image: Int, _ truth: [SIMD2<Double>], share: Float,
        into gradient: UnsafeMutableBufferPointer<Float>
    ) -> Double {
        guard !lids.isEmpty else { return 0 }
        let points = truth.count
        let found = pass.position.image(image)
        let scale = weights.openings * share / Float(2 * lids.count)
        var sum: Float = 0
        for (upper, lower) in lids {
            for axis in 0..<2 {
                let (one, other) = (axis * points + upper, axis * points + lower)
                let wanted = Float(truth[lower][axis] - truth[upper][axis])
                let (value, slope) = weights.form.value(found[other] - found[one] - wanted)
                sum += value
                gradient[other] += slope * scale
                gradient[one] -= slope * scale
            }
        }
        return Double(sum * scale)
    }

    /// Mean over landmarks; writes the gradient of the heatmaps.
    private func anisotropicLoss(
        _ pass: CascadePass, _ image: Int, _ truth: [SIMD2<Double>], share: Float,
        into gradient: UnsafeMutableBufferPointer<Float>
    ) -> Double {
        let scale = weights.anisotropic * share / Float(truth.count)
        let spreads = pass.heatmaps.spreads(image: image)
        var (sum, gradients): (Float, [SpatialSoftmax.Spread]) = (0, [])
        for (spread, place) in zip(spreads, truth) {
            let (loss, slope) = AnisotropicLoss.value(spread, truth: SIMD2<Float>(place))
            sum += loss
            gradients.append(
                SpatialSoftmax.Spread(mean: scale * slope.mean, covariance: scale * slope.covariance))
        }
        pass.heatmaps.spreadGradient(of: spreads, gradients, into: gradient)
        return Double(sum * scale)
    }

    /// Mean over both coordinates of all landmarks; its gradient times `scale`.
    private func coordinateLoss(
        _ pass: CascadePass, _ image: Int, _ truth: [SIMD2<Double>], scale: Float,
        into gradient: UnsafeMutableBufferPointer<Float>
    ) -> Float {
        let points = truth.count
        let found = pass.position.values.elements
        var sum: Float = 0
        for point in 0..<points {
            for axis in 0..<2 {
                let index = axis * points + point
                let difference = found[image * 2 * points + index] - Float(truth[point][axis])
                let (value, slope) = weights.form.value(difference)
                sum += landmarkWeights[point] * value
                gradient[index] = landmarkWeights[point] * slope * scale / Float(2 * points)
            }
        }
        return sum / Float(2 * points)
    }

    /// Mean over both coordinates of all landmarks of |error here − error in the frame before|; adds to both images' gradients.
    private func steadinessLoss(
        _ pass: CascadePass, _ image: Int, _ before: [SIMD2<Double>], _ now: [SIMD2<Double>], share: Float
    ) -> LossParts {
        let count = 2 * now.count
        let found = pass.position.values.elements
        let (first, second) = ((image - 1) * count, image * count)
        let slope = weights.steadiness * share / Float(count)
        var sum: Float = 0
        for point in now.indices {
            for axis in 0..<2 {
                let index = axis * now.count + point
                let motion = Float(now[point][axis] - before[point][axis])
                let (value, sign) = weights.form.value(found[second + index] - found[first + index] - motion)
                sum += value
                positionGradient[second + index] += sign * slope
                positionGradient[first + index] -= sign * slope
            }
        }
        var parts = LossParts()
        parts.steadiness = Double(sum / Float(count) * share)
        parts.total = Double(weights.steadiness) * parts.steadiness
        return parts
    }

    private func presenceLoss(_ pass: CascadePass, _ image: Int, _ target: CascadeTarget, share: Float) -> LossParts {
        let logit = pass.presence.values.elements[image]
        let truth: Float = target.presence ? 1 : 0
        presenceGradient[image] = weights.presence * share * (1 / (1 + expf(-logit)) - truth)
        var parts = LossParts()
        // ln(1 + e^z) − t·z, without overflow.
        parts.presence = Double(share * (max(logit, 0) - truth * logit + log1pf(expf(-abs(logit)))))
        parts.total = Double(weights.presence) * parts.presence
        return parts
    }
}

extension CascadeLoss.Coordinates {
    /// Loss and slope at error `x`.
    func value(_ x: Float) -> (Float, Float) {
        let sign: Float = x > 0 ? 1 : x < 0 ? -1 : 0
        switch self {
        case .absolute: return (abs(x), sign)
        case .squared: return (x * x, 2 * x)
        case .wing(let width, let curvature):
            if abs(x) < width { return (width * logf(1 + abs(x) / curvature), sign * width / (curvature + abs(x))) }
            return (abs(x) - width + width * logf(1 + width / curvature), sign)
        }
    }
}
