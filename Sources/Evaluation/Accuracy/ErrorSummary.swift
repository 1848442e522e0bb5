import Base
import FaceTracking

/// Errors of a set of faces after one pass, in % of the reference length (the outer-eye distance of 68-point schemes).
package struct ErrorSummary: Sendable {
    package static let failureThreshold = 0.08

    package let mean: Double
    package let median: Double
    /// Area under the cumulative error curve up to 0.08, over 0.08: 1 is perfect.
    package let areaUnderCurve: Double
    /// Share of faces with a mean error over 0.08, in %.
    package let failureRate: Double
    package let regions: [FaceRegion: Double]

    package init(_ faces: [FaceErrors], pass: Int, scheme: LandmarkScheme) {
        let means = faces.map { $0.mean(pass: pass) }.sorted()
        let count = Double(max(1, means.count))
        mean = 100 * means.reduce(0, +) / count
        median = means.isEmpty ? 0 : 100 * (means[(means.count - 1) / 2] + means[means.count / 2]) / 2
        failureRate = 100 * Double(means.count { $0 > Self.failureThreshold }) / count
        // The curve is a staircase; a face with error e adds (0.08 − e) to its integral.
        let area = means.reduce(0) { $0 + max(0, Self.failureThreshold - $1) }
        areaUnderCurve = area / Self.failureThreshold / count
        regions = scheme.regions.mapValues { indices in
            let sum = faces.reduce(0) { total, face in
                total + indices.reduce(0) { $0 + face.errors[pass][$1] } / Double(max(1, indices.count))
            }
            return 100 * sum / count
        }
    }
}

extension Chart {
    /// Share of faces below each error, after the last pass of each evaluation; errors above 10 % are cut off.
    init(curvesOf results: [EvaluationRun.Result]) {
        let widest = 10.0
        let series = results.map { result in
            let last = result.report.passes.count - 1
            let errors = result.errors.map { 100 * $0.mean(pass: last) }.sorted()
            return Series(
                name: "\(result.report.set), \(result.report.start.words)", points: Self.staircase(errors, to: widest))
        }
        self.init(
            title: "faces (%) below each error", horizontal: "mean error of a face in % of the outer-eye distance",
            series: series, isLegendLow: true)
    }

    private static func staircase(_ errors: [Double], to widest: Double) -> [Point] {
        let step = 100 / Double(max(1, errors.count))
        var points = [Point(0, 0)]
        for (index, error) in errors.enumerated() where error <= widest {
            points.append(Point(error, step * Double(index)))
            points.append(Point(error, step * Double(index + 1)))
        }
        return points + [Point(widest, points.last!.y)]
    }
}
