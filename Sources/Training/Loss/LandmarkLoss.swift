import FaceTracking
import Glibc
import NeuralNetwork

/// Mean loss of a step by part; the values of several threads add up.
package struct LossParts: Sendable {
    package var total: Double = 0
    /// Heatmap loss.
    package var heatmap: Double = 0
    /// Loss of places and sizes.
    package var coordinates: Double = 0
    /// Presence loss.
    package var presence: Double = 0
    /// Loss of errors that change from frame to frame.
    package var steadiness: Double = 0

    static func * (left: LossParts, factor: Double) -> LossParts {
        var parts = left
        parts.total *= factor
        parts.heatmap *= factor
        parts.coordinates *= factor
        parts.presence *= factor
        parts.steadiness *= factor
        return parts
    }

    static func += (left: inout LossParts, right: LossParts) {
        left.total += right.total
        left.heatmap += right.heatmap
        left.coordinates += right.coordinates
        left.presence += right.presence
        left.steadiness += right.steadiness
    }
}

extension LandmarkScheme {
    /// Weight of each landmark's error, 1 on average: inversely proportional to the size of its part, so that a lid's error
    /// is relative to the eye and not to the face. All 1 where the scheme has no regions.
    ///
    /// - Parameter strength: 0: all equal, 1: fully by size.
    func partWeights(strength: Double) -> [Float] {
        var weights = [Double](repeating: 1, count: count)
        guard strength > 0, !openings.isEmpty else { return weights.map { Float($0) } }
        // An eye is about a third as wide as the outer corners are apart, a mouth about six tenths.
        for opening in openings {
            let factor = opening.part == .eyes ? 3.0 : 1.6
            for lid in opening.lids {
                for index in [lid.upper, lid.lower] { weights[index] = 1 + strength * (factor - 1) }
            }
        }
        let mean = weights.reduce(0, +) / Double(count)
        return weights.map { Float($0 / mean) }
    }
}

/// Loss of a heatmap that forgives errors along the direction in which it is spread: a contour's landmarks slip along the contour.
///
/// Σₖ d(vₖ·(y − μ))/√(λₖ + ε) + λ₁ + λ₂ with mean μ, eigenvalues λ and eigenvectors v of the map's covariance; d is the smooth absolute
/// value with its knee at 0.01; lengths in ±1 over the crop. The eigenvectors are taken as fixed. Source: Zhou et al. 2023, "STAR loss:
/// reducing semantic ambiguity in facial landmark detection", eq. 4 to 6.
enum AnisotropicLoss {
    private static let epsilon: Float = 1e-5
    private static let knee: Float = 0.01

    /// The loss of one landmark, and its gradients with regard to mean and covariance; all in crop units 0…1.
    static func value(
        _ spread: SpatialSoftmax.Spread, truth: SIMD2<Float>
    ) -> (loss: Float, gradient: SpatialSoftmax.Spread) {
        let error = 2 * (truth - spread.mean)
        let axes = principalAxes(4 * spread.covariance)
        var (loss, mean, covariance): (Float, SIMD2<Float>, SIMD3<Float>) = (0, .zero, .zero)
        for (axis, variance) in axes {
            let along = (axis * error).sum()
            let (distance, slope) = smoothAbsolute(along)
            let root = (max(0, variance) + epsilon).squareRoot()
            loss += distance / root + variance
            mean -= 2 * slope / root * axis
            let perVariance = 1 - distance / (2 * root * root * root)
            covariance += 4 * perVariance * SIMD3(axis.x * axis.x, 2 * axis.x * axis.y, axis.y * axis.y)
        }
        return (loss, SpatialSoftmax.Spread(mean: mean, covariance: covariance))
    }

    /// Eigenvectors and eigenvalues of a symmetric matrix xx, xy, yy in closed form.
    static func principalAxes(_ m: SIMD3<Float>) -> [(axis: SIMD2<Float>, variance: Float)] {
        let angle = 0.5 * atan2f(2 * m.y, m.x - m.z)
        let (cosine, sine) = (cosf(angle), sinf(angle))
        let (middle, half) = ((m.x + m.z) / 2, ((m.x - m.z) * (m.x - m.z) / 4 + m.y * m.y).squareRoot())
        return [(SIMD2(cosine, sine), middle + half), (SIMD2(-sine, cosine), middle - half)]
    }

    private static func smoothAbsolute(_ x: Float) -> (Float, Float) {
        abs(x) < knee ? (x * x / (2 * knee), x / knee) : (abs(x) - knee / 2, x > 0 ? 1 : -1)
    }
}
