import Base
import FaceTracking
import Glibc

/// How far a head is turned to the side, from its landmarks alone.
///
/// Ten points of the mean head are fitted by least squares to the landmarks under weak perspective; the depth of the head's own
/// horizontal axis gives the yaw. The head's points are those of models/average-face.safetensors, whose depth comes from how landmarks
/// of many turned faces move. Fit: DeMenthon and Davis 1995, "Model-based object pose in 25 lines of code", its first step.
struct HeadYaw {
    /// Right, down and towards the viewer, in distances of the outer eye corners.
    private static let model: [SIMD3<Double>] = [
        SIMD3(0, -0.029, 0.45), SIMD3(0, 0.124, 0.302), SIMD3(0, -0.462, 0.26), SIMD3(0, 0.87, 0.025),
        SIMD3(-0.502, -0.44, 0), SIMD3(0.502, -0.44, 0), SIMD3(-0.217, -0.423, 0.06), SIMD3(0.217, -0.423, 0.06),
        SIMD3(-0.309, 0.34, 0.007), SIMD3(0.309, 0.34, 0.007),
    ]
    /// Tip and base of the nose, its bridge, chin, outer and inner corners of the eyes, corners of the mouth.
    private let indices: [Int]
    private let scheme: LandmarkScheme

    /// Nil where the scheme's points of the model are not known.
    init?(_ scheme: LandmarkScheme) {
        switch scheme.name {
        case "ibug68": indices = [30, 33, 27, 8, 36, 45, 39, 42, 48, 54]
        case "wflw98": indices = [54, 57, 51, 16, 60, 72, 64, 68, 76, 82]
        default: return nil
        }
        self.scheme = scheme
    }

    /// Radians, positive where the nose points to the right of the picture.
    func callAsFunction(_ points: [Point]) -> Double {
        let upright = SimilarityMap(scale: 1, angle: -scheme.roll(of: points))(points)
        let across = indices.map { upright[$0].x }
        let mean = across.reduce(0, +) / Double(across.count)
        let centre = Self.model.reduce(.zero, +) / Double(Self.model.count)
        var (moments, sums) = ([SIMD3<Double>](repeating: .zero, count: 3), SIMD3<Double>.zero)
        for (place, x) in zip(Self.model, across) {
            let p = place - centre
            for row in 0..<3 { moments[row] += p * p[row] }
            sums += p * (x - mean)
        }
        let axis = solve(moments, sums)
        let length = (axis * axis).sum().squareRoot()
        return length > 0 ? asin(axis.z / length) : 0
    }
}

/// Errors of faces that are turned about as far.
package struct YawClass: Sendable, Equatable {
    /// Degrees, without sign; the last class goes to 180.
    package let from: Double
    package let to: Double
    package let count: Int
    /// Mean error, and share of faces with a mean error over 0.08, in %.
    package let mean: Double
    package let failureRate: Double

    static let limits: [Double] = [0, 15, 35, 180]

    /// All classes, from frontal to strongly turned; none where the scheme does not allow it.
    package static func classes(of faces: [JudgedFace], scheme: LandmarkScheme) -> [YawClass] {
        guard let yaw = HeadYaw(scheme) else { return [] }
        let turns = faces.map { abs(yaw($0.truth)) * 180 / .pi }
        return zip(limits, limits.dropFirst()).map { from, to in
            let errors = zip(faces, turns).filter { from <= $0.1 && $0.1 < to }
                .map { scheme.meanError(of: $0.0.found, truth: $0.0.truth) }
            let share = 100 / Double(max(1, errors.count))
            return YawClass(
                from: from, to: to, count: errors.count, mean: share * errors.reduce(0, +),
                failureRate: share * Double(errors.count { $0 > ErrorSummary.failureThreshold }))
        }
    }

    var json: JSON {
        [
            "from_degrees": .decimal(from, 0), "to_degrees": .decimal(to, 0), "images": .integer(count),
            "nme_percent": count > 0 ? .decimal(mean, 4) : nil,
            "failure_0_08_percent": count > 0 ? .decimal(failureRate, 4) : nil,
        ]
    }

    var text: String {
        let range = to < 180 ? "\(decimal(from, 0))-\(decimal(to, 0))°" : "over \(decimal(from, 0))°"
        return count == 0
            ? "\(range): none"
            : "\(range): \(count) faces, \(decimal(mean, 2)) %, \(decimal(failureRate, 1)) % over 8 %"
    }
}
