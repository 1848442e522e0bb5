import FaceTracking
import Glibc

extension ConfidenceCalibration {
    /// The most likely calibration for these samples: logistic regression by Newton's method, with a little ridge that keeps it finite where
    /// the samples are separable.
    public init(fitting samples: [JudgedSample]) {
        var weights = SIMD3<Double>(1, 0, 0)
        for _ in 0..<30 {
            var gradient = SIMD3<Double>(repeating: 0)
            var hessian = [SIMD3<Double>](repeating: .zero, count: 3)
            for sample in samples {
                let x = SIMD3(sample.logit, Self.logarithm(sample.sharpness), 1)
                let p = 1 / (1 + exp(-(weights * x).sum()))
                gradient += x * ((sample.isRight ? 1 : 0) - p)
                for row in 0..<3 { hessian[row] += x * (x[row] * p * (1 - p)) }
            }
            let ridge = 1e-4 * Double(max(1, samples.count))
            for row in 0..<3 { hessian[row][row] += ridge }
            let step = solve(hessian, gradient - ridge * (weights - SIMD3(1, 0, 0)))
            weights += step
            if (step * step).sum() < 1e-12 { break }
        }
        self.init(presence: weights.x, sharpness: weights.y, offset: weights.z)
    }
}

/// Solves a symmetric positive system of three equations by Cramer's rule.
private func solve(_ rows: [SIMD3<Double>], _ right: SIMD3<Double>) -> SIMD3<Double> {
    func determinant(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>) -> Double {
        a.x * (b.y * c.z - b.z * c.y) - a.y * (b.x * c.z - b.z * c.x) + a.z * (b.x * c.y - b.y * c.x)
    }
    // Symmetric: rows are columns.
    let whole = determinant(rows[0], rows[1], rows[2])
    return SIMD3(
        determinant(right, rows[1], rows[2]), determinant(rows[0], right, rows[2]),
        determinant(rows[0], rows[1], right)) / whole
}
