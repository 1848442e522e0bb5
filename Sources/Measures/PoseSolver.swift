import Base
import FaceTracking
import Glibc

/// Finds a head's pose from its 68 landmarks in a picture: perspective-n-point against `MeanHead`.
///
/// Levenberg's and Marquardt's method on six numbers with Cauchy's robust loss, which lets an occluded part of the face be wrong. A
/// first frame starts from the pose under weak perspective, later ones from the pose before.
package struct PoseSolver: Sendable {
    /// What was fitted.
    package struct Fit: Sendable, Equatable {
        package var rotation: Rotation
        /// Place of the head's origin, in millimetres.
        package var translation: SIMD3<Double>
        /// Root of the weighted mean square distance between landmarks and the head's points, in millimetres at the head.
        package var residual: Double

        package var pose: HeadPose { HeadPose(translation: translation, rotation: rotation.angles) }
    }

    /// Distance in millimetres at the head from which a landmark loses its influence: two or three times what people differ by.
    private static let tolerance = 6.0
    /// A fit that is worse than this shows no face, in millimetres.
    private static let worstResidual = 30.0
    /// Distances at which a head can be in a picture, in millimetres.
    private static let distances = 20.0...1e6
    private static let mostSteps = 30

    private let camera: Camera

    package init(_ camera: Camera) { self.camera = camera }

    /// The pose of the head with these 68 landmarks; nil where no head looks so. `confidence`: weight of each landmark, 0…1, empty
    /// where all count the same. `last`: pose in the frame before.
    package func fit(_ points: [Point], confidence: [Double] = [], from last: Fit? = nil) -> Fit? {
        guard points.count == MeanHead.points.count, camera.focalLength > 0 else { return nil }
        let weights = Self.weights(confidence)
        let followed = last.flatMap { refine($0, points, weights) }
        if let followed, let last, followed.residual < 1.3 * last.residual + 1 { return followed }
        let found = start(points, weights).flatMap { refine($0, points, weights) }
        let best = [followed, found].compactMap(\.self).min { $0.residual < $1.residual }
        return best.flatMap { $0.residual < Self.worstResidual ? $0 : nil }
    }

    /// A landmark of which nobody knows how sure it is counts in full; one that is certainly wrong still counts a little.
    private static func weights(_ confidence: [Double]) -> [Double] {
        guard confidence.count == MeanHead.weights.count else { return MeanHead.weights }
        return zip(MeanHead.weights, confidence).map { $0 * max(0.02, min(1, $1)) }
    }

    // MARK: Start

    /// The pose under weak perspective. Source: DeMenthon and Davis 1995, "Model-based object pose in 25 lines of code".
    private func start(_ points: [Point], _ weights: [Double]) -> Fit? {
        let total = weights.reduce(0, +)
        var (centre, middle) = (SIMD3<Double>.zero, Point.zero)
        for (i, weight) in weights.enumerated() {
            centre += MeanHead.points[i] * (weight / total)
            middle += points[i] * (weight / total)
        }
        var moments = [SIMD3<Double>](repeating: .zero, count: 3)
        var (across, down) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
        for (i, weight) in weights.enumerated() {
            let (p, q) = (MeanHead.points[i] - centre, points[i] - middle)
            for row in 0..<3 { moments[row] += p * (p[row] * weight) }
            across += p * (q.x * weight)
            down += p * (q.y * weight)
        }
        let (first, second) = (solve(moments, across), solve(moments, down))
        let scale = (first.norm + second.norm) / 2
        guard scale > 0, scale.isFinite, let rotation = Rotation(nearTo: first, second) else { return nil }
        let distance = camera.focalLength / scale
        let place = (middle - camera.centre) / scale
        let translation = SIMD3(place.x, place.y, distance) - rotation(centre)
        return Fit(rotation: rotation, translation: translation, residual: 0)
    }

    private func solve(_ rows: [SIMD3<Double>], _ right: SIMD3<Double>) -> SIMD3<Double> {
        let (a, b, c) = (rows[0], rows[1], rows[2])
        let determinant = a.dot(b.cross(c))
        // Cramer's rule; the matrix is symmetric.
        return SIMD3(right.dot(b.cross(c)), a.dot(right.cross(c)), a.dot(b.cross(right))) / determinant
    }

    // MARK: Refinement

    private func refine(_ start: Fit, _ points: [Point], _ weights: [Double]) -> Fit? {
        var fit = start
        var damping = 1e-3
        guard var system = system(fit, points, weights) else { return nil }
        for _ in 0..<Self.mostSteps {
            guard let step = system.step(damping: damping) else { return nil }
            var next = fit
            next.rotation = Rotation(vector: step.turn).after(fit.rotation)
            next.translation += step.shift
            guard let better = self.system(next, points, weights), better.cost <= system.cost else {
                damping *= 10
                if damping > 1e6 { break }
                continue
            }
            (fit, system) = (next, better)
            damping = max(1e-9, damping / 10)
            if step.turn.norm < 1e-6, step.shift.norm < 1e-6 * fit.translation.z { break }
        }
        fit.residual = system.meanSquare.squareRoot()
        guard Self.distances ~= fit.translation.z, fit.residual.isFinite else { return nil }
        return fit
    }

    /// Cost of a pose, with its gradient and curvature; nil where a point would lie behind the camera.
    private func system(_ fit: Fit, _ points: [Point], _ weights: [Double]) -> NormalEquations? {
        var system = NormalEquations()
        let focal = camera.focalLength
        // Errors are in millimetres at the head.
        let unit = fit.translation.z / focal
        let tolerance = Self.tolerance * Self.tolerance
        var sum = 0.0
        for index in points.indices where weights[index] > 0 {
            let turned = fit.rotation(MeanHead.points[index])
            let place = turned + fit.translation
            guard place.z > 1 else { return nil }
            let near = focal / place.z
            let error = (camera.centre + Point(place.x, place.y) * near - points[index]) * unit
            let square = error.x * error.x + error.y * error.y
            let weight = weights[index]
            let share = weight / (1 + square / tolerance)
            system.cost += weight * tolerance * log1p(square / tolerance)
            system.meanSquare += share * square
            sum += share
            let across = SIMD3(near, 0, -near * place.x / place.z) * unit
            let down = SIMD3(0, near, -near * place.y / place.z) * unit
            system.add(turned.cross(across), across, error.x, share)
            system.add(turned.cross(down), down, error.y, share)
        }
        guard sum > 0, system.cost.isFinite else { return nil }
        system.meanSquare /= sum
        return system
    }
}

/// Six linear equations for the next step of a fit: turn, then shift.
struct NormalEquations {
    /// Rows of the matrix; the last two columns are unused.
    private var rows = SixRows()
    private var right = SIMD8<Double>.zero
    var cost = 0.0
    var meanSquare = 0.0

    /// Adds an error with its derivative by turn and shift.
    mutating func add(_ turn: SIMD3<Double>, _ shift: SIMD3<Double>, _ error: Double, _ weight: Double) {
        let derivative = SIMD8(turn.x, turn.y, turn.z, shift.x, shift.y, shift.z, 0, 0)
        let weighted = derivative * weight
        rows.add(weighted, derivative)
        right -= weighted * error
    }

    /// The step that the damped equations give; nil where they say nothing. Source: Marquardt 1963, with the diagonal scaled.
    func step(damping: Double) -> (turn: SIMD3<Double>, shift: SIMD3<Double>)? {
        var (matrix, right) = (rows.damped(by: damping), right)
        for pivot in 0..<6 {
            let divisor = matrix[pivot][pivot]
            guard divisor > 1e-12, divisor.isFinite else { return nil }
            for row in (pivot + 1)..<6 {
                let factor = matrix[row][pivot] / divisor
                matrix[row] -= matrix[pivot] * factor
                right[row] -= right[pivot] * factor
            }
        }
        var solution = SIMD8<Double>.zero
        for row in (0..<6).reversed() {
            let known = (matrix[row] * solution).sum()
            solution[row] = (right[row] - known) / matrix[row][row]
        }
        return (
            SIMD3(solution[0], solution[1], solution[2]), SIMD3(solution[3], solution[4], solution[5])
        )
    }
}

/// A symmetric matrix of six rows, without an allocation.
private struct SixRows {
    private var a = SIMD8<Double>.zero
    private var b = SIMD8<Double>.zero
    private var c = SIMD8<Double>.zero
    private var d = SIMD8<Double>.zero
    private var e = SIMD8<Double>.zero
    private var f = SIMD8<Double>.zero

    mutating func add(_ column: SIMD8<Double>, _ row: SIMD8<Double>) {
        a += row * column[0]
        b += row * column[1]
        c += row * column[2]
        d += row * column[3]
        e += row * column[4]
        f += row * column[5]
    }

    func damped(by damping: Double) -> [SIMD8<Double>] {
        var rows = [a, b, c, d, e, f]
        for index in rows.indices { rows[index][index] *= 1 + damping }
        return rows
    }
}
