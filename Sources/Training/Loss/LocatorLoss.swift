import FaceTracking
import Glibc
import NeuralNetwork
import Samples

/// Loss of the locator: focal cross-entropy of presence in every cell, absolute errors of place, size and roll in the cells of faces.
///
/// Source of the focal form, in which cells near a face count less as mistakes: Zhou et al. 2019, "Objects as points", eq. 1.
package final class LocatorLoss {
    package struct Weights: Sendable, Equatable {
        package var presence: Float = 1
        /// Weight of an error of place of a quarter of the crop's side.
        package var place: Float = 1
        /// Weight of an error of the size by a factor of e.
        package var size: Float = 1
        package var roll: Float = 0.5

        package init() {}
    }

    private let network: LocatorNetwork
    private let weights: Weights
    private let gradient: Tensor

    package init(_ network: LocatorNetwork, _ weights: Weights) {
        (self.network, self.weights) = (network, weights)
        gradient = Tensor(zeros: network.cells.shape.count)
    }

    /// Adds the gradient of the mean loss a face to the network's cells (after `beginBackward`).
    ///
    /// - Parameter faces: of the whole batch over all threads, by which the sums are divided.
    /// - Returns: this graph's share of the mean.
    package func addGradients(_ targets: [LocatorTarget], faces: Int) -> LossParts {
        let share = 1 / Float(max(1, faces))
        var parts = LossParts()
        for (image, target) in targets.enumerated() {
            for cell in target.heat.indices {
                let at = (image * target.heat.count + cell) * LocatorConfiguration.outputs
                parts.presence += Double(presenceLoss(target.heat[cell], at, share))
                parts.coordinates += Double(faceLoss(target, cell, at, share))
            }
        }
        network.cells.addGradient(UnsafeBufferPointer(gradient.elements))
        parts.total = Double(weights.presence) * parts.presence + parts.coordinates
        return parts
    }

    /// Heat 1: −(1 − p)² ln p. Less: −(1 − heat)⁴ p² ln(1 − p). NaN: nothing.
    private func presenceLoss(_ heat: Float, _ at: Int, _ share: Float) -> Float {
        guard !heat.isNaN else {
            gradient[at] = 0
            return 0
        }
        let logit = network.cells.values[at]
        let p = 1 / (1 + expf(-logit))
        // −ln p and −ln(1 − p), without overflow.
        let rest = log1pf(expf(-abs(logit)))
        let (surprise, alarm) = (max(-logit, 0) + rest, max(logit, 0) + rest)
        let scale = weights.presence * share
        if heat == 1 {
            let q = 1 - p
            gradient[at] = scale * (-2 * p * q * q * surprise - q * q * q)
            return share * q * q * surprise
        }
        let near = (1 - heat) * (1 - heat)
        gradient[at] = scale * near * near * (2 * p * p * (1 - p) * alarm + p * p * p)
        return share * near * near * p * p * alarm
    }

    private func faceLoss(_ target: LocatorTarget, _ cell: Int, _ at: Int, _ share: Float) -> Float {
        let weight = target.weight[cell] * share
        guard weight > 0 else {
            for k in 1..<LocatorConfiguration.outputs { gradient[at + k] = 0 }
            return 0
        }
        // The crop's side in cells: place counts in parts of it.
        let side =
            expf(target.numbers[5 * cell + 2]) * Float(LocatorConfiguration.unitSide) / Float(LocatorConfiguration.cell)
        let place = weights.place * 4 / side
        return term(target, cell, at, 0, place * weight) + term(target, cell, at, 1, place * weight)
            + term(target, cell, at, 2, weights.size * weight) + term(target, cell, at, 3, weights.roll * weight)
            + term(target, cell, at, 4, weights.roll * weight)
    }

    private func term(_ target: LocatorTarget, _ cell: Int, _ at: Int, _ k: Int, _ scale: Float) -> Float {
        let difference = network.cells.values[at + 1 + k] - target.numbers[5 * cell + k]
        gradient[at + 1 + k] = difference > 0 ? scale : difference < 0 ? -scale : 0
        return scale * abs(difference)
    }
}
