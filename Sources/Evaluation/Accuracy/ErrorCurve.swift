import FaceTracking

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
