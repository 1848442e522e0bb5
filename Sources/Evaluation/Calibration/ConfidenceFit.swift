import FaceTracking
import Glibc

extension ConfidenceCalibration {
    /// The most likely calibration for these samples: logistic regression by Newton's method with halved steps, and a little ridge towards
    /// the network's own presence that keeps it finite where the samples are separable.
    package init(fitting samples: [Judgement]) {
        let problem = LogisticProblem(samples)
        var weights = problem.origin
        var cost = problem.cost(weights)
        for _ in 0..<50 {
            var step = problem.newtonStep(weights)
            while problem.cost(weights + step) > cost, (step * step).sum() > 1e-12 { step /= 2 }
            weights += step
            let next = problem.cost(weights)
            if cost - next < 1e-9 * cost { break }
            cost = next
        }
        self.init(presence: weights.x, sharpness: weights.y, offset: weights.z)
    }
}

extension PointCalibration {
    /// A calibration for each landmark, from samples that all have the same landmarks.
    package init(fitting samples: [JudgedSample]) {
        let count = samples.first?.points.count ?? 0
        self.init((0..<count).map { point in ConfidenceCalibration(fitting: samples.map { $0.points[point] }) })
    }
}

/// Penalised log-likelihood of a calibration: weights of logit, ln sharpness and 1.
private struct LogisticProblem {
    let origin = SIMD3<Double>(1, 0, 0)
    private let inputs: [SIMD3<Double>]
    private let targets: [Double]
    private let ridge: Double

    init(_ samples: [Judgement]) {
        inputs = samples.map { SIMD3($0.logit, ConfidenceCalibration.logarithm($0.sharpness), 1) }
        targets = samples.map { $0.isRight ? 1 : 0 }
        ridge = 1e-3 * Double(max(1, samples.count))
    }

    func cost(_ weights: SIMD3<Double>) -> Double {
        var sum = 0.0
        for (x, target) in zip(inputs, targets) {
            let z = (weights * x).sum()
            sum += max(z, 0) - target * z + log1p(exp(-abs(z)))
        }
        let away = weights - origin
        return sum + ridge / 2 * (away * away).sum()
    }

    func newtonStep(_ weights: SIMD3<Double>) -> SIMD3<Double> {
        var gradient = -ridge * (weights - origin)
        var hessian = [SIMD3<Double>](repeating: .zero, count: 3)
        for (x, target) in zip(inputs, targets) {
            let p = 1 / (1 + exp(-(weights * x).sum()))
            gradient += x * (target - p)
            for row in 0..<3 { hessian[row] += x * (x[row] * p * (1 - p)) }
        }
        for row in 0..<3 { hessian[row][row] += ridge }
        return solve(hessian, gradient)
    }
}

/// Solves a symmetric positive system of three equations by Cramer's rule.
func solve(_ rows: [SIMD3<Double>], _ right: SIMD3<Double>) -> SIMD3<Double> {
    func determinant(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>) -> Double {
        a.x * (b.y * c.z - b.z * c.y) - a.y * (b.x * c.z - b.z * c.x) + a.z * (b.x * c.y - b.y * c.x)
    }
    // Symmetric: rows are columns.
    let whole = determinant(rows[0], rows[1], rows[2])
    return SIMD3(
        determinant(right, rows[1], rows[2]), determinant(rows[0], right, rows[2]),
        determinant(rows[0], rows[1], right)) / whole
}

/// Reliability diagram: how often the model is right at each level of confidence.
///
/// Fifteen bins of equal width; expected calibration error Σ n_b/n·|right_b − said_b|. Source: Guo et al. 2017, "On calibration of modern
/// neural networks", eq. 3.
package struct Reliability: Sendable {
    package struct Bin: Sendable {
        package var count = 0
        /// Sums over the bin's samples.
        package var said = 0.0
        package var right = 0.0
    }

    package static let bins = 15
    package private(set) var bins = [Bin](repeating: Bin(), count: Self.bins)

    package init() {}

    package init(_ samples: [Judgement], _ calibration: ConfidenceCalibration) {
        for sample in samples { add(sample, calibration) }
    }

    /// Reliability of all landmarks, each by its own calibration.
    package init(_ samples: [JudgedSample], _ calibration: PointCalibration) {
        for sample in samples {
            for (point, calibration) in zip(sample.points, calibration.landmarks) { add(point, calibration) }
        }
    }

    /// Counts another set's samples too.
    package mutating func add(_ other: Reliability) {
        for index in bins.indices {
            bins[index].count += other.bins[index].count
            bins[index].said += other.bins[index].said
            bins[index].right += other.bins[index].right
        }
    }

    private mutating func add(_ sample: Judgement, _ calibration: ConfidenceCalibration) {
        add(said: calibration(logit: sample.logit, sharpness: sample.sharpness), isRight: sample.isRight)
    }

    /// Adds one prediction.
    mutating func add(said confidence: Double, isRight: Bool) {
        let index = min(Self.bins - 1, Int(max(0, min(1, confidence)) * Double(Self.bins)))
        bins[index].count += 1
        bins[index].said += confidence
        bins[index].right += isRight ? 1 : 0
    }

    package var expectedCalibrationError: Double {
        let count = bins.reduce(0) { $0 + $1.count }
        return bins.reduce(0) { $0 + abs($1.right - $1.said) } / Double(max(1, count))
    }
}
