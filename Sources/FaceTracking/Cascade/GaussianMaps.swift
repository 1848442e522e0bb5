import CKernels
import Glibc
import NeuralNetwork

/// Heatmaps as products of two one-dimensional Gaussians for each landmark, never stored as pictures unless asked.
///
/// exp(−½((c − p)/σ)²) at the places' centres c = (i + 0.5)/n, each divided by its sum; a point outside the crop leans on the border.
/// Bound to one thread.
package final class GaussianMaps {
    package let points: Int
    /// `[map, L]`: along x and along y.
    package let alongX: Tensor
    package let alongY: Tensor
    private let map: Int
    private let sigma: Double

    /// - Parameter sigma: in crop units.
    package init(points: Int, map: Int, sigma: Double) {
        (self.points, self.map, self.sigma) = (points, map, sigma)
        alongX = Tensor(zeros: map * points)
        alongY = Tensor(zeros: map * points)
    }

    /// Fills `alongX` and `alongY` for these landmarks (crop units 0…1).
    package func place(_ landmarks: [SIMD2<Double>]) {
        precondition(landmarks.count == points, "\(landmarks.count) landmarks for maps of \(points)")
        for (index, landmark) in landmarks.enumerated() {
            fill(alongX, index, landmark.x)
            fill(alongY, index, landmark.y)
        }
    }

    /// Writes gain·gy⊗gx for all landmarks, cells of 2×2 places, in the order of `SpatialSoftmax`.
    package func draw(into target: UnsafeMutableBufferPointer<Float>, gain: Float) {
        precondition(target.count == map * map * points)
        let cells = Int32(map / 2)
        lm_outer_maps(
            target.baseAddress!, cells, cells, 2, Int32(points), alongX.elements.baseAddress!,
            alongY.elements.baseAddress!, gain)
    }

    private func fill(_ target: borrowing Tensor, _ index: Int, _ position: Double) {
        let step = 1 / Float(map)
        let nearest = min(max(Float(position), step / 2), 1 - step / 2)
        let least = (nearest - Float(position)) * (nearest - Float(position))
        let variance = Float(sigma * sigma)
        // Beyond this distance a place adds less than the sum can hold. Positions may be anything, NaN too.
        let reach = (least + Self.reach * Self.reach * variance).squareRoot() + step
        let (lower, upper) = ((Float(position) - reach) / step, (Float(position) + reach) / step)
        let first = lower > 0 ? Int(min(lower, Float(map - 1))) : 0
        let last = upper < Float(map - 1) ? Int(max(upper, 0)) : map - 1
        var sum: Float = 0
        for i in 0..<map { target[i * points + index] = 0 }
        for i in first...max(first, last) {
            let d = (Float(i) + 0.5) * step - Float(position)
            let value = expf(-0.5 / variance * (d * d - least))
            target[i * points + index] = value
            sum += value
        }
        for i in first...max(first, last) { target[i * points + index] /= sum }
    }

    /// Standard deviations that count.
    private static let reach: Float = 6
}

extension Double {
    var exponential: Double { exp(self) }
}
