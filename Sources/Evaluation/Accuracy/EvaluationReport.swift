import Base
import Capture
import FaceTracking
import Samples

/// One evaluation: a set of faces from one kind of start, after each pass.
package struct EvaluationReport: Sendable {
    package let model: String
    package let set: String
    package let split: String
    package let start: CropStart
    package let images: Int
    package let passes: [ErrorSummary]
    /// Reliability on samples made of these faces as training makes them, and of pictures without faces that training holds back; nil where the
    /// model gives no confidence.
    package var reliability: Reliability?
    /// The same of each landmark; nil where the model was not fitted for it.
    package var pointReliability: Reliability?
    /// Outcome of tracks from wrong landmarks; reported once per set.
    package var recovery: RecoveryEvaluation?
    /// Unit of the errors, in words.
    private let unit: String
    /// Confidence of faces that the tracker finds itself; reported once per set.
    package var tracked: TrackedConfidence?
    /// Openings, turned faces, shifts; nil where the start disturbs them.
    package var details: EvaluationDetails?

    package init(
        model: String, set: String, split: String, start: CropStart, _ errors: [FaceErrors], scheme: LandmarkScheme
    ) {
        unit = scheme.unitName
        (self.model, self.set, self.split, self.start, images) = (model, set, split, start, errors.count)
        let count = errors.first?.errors.count ?? 0
        passes = (0..<count).map { ErrorSummary(errors, pass: $0, scheme: scheme) }
    }

    /// The object of `landmarkd evaluate --json`.
    package var json: JSON {
        let passes = passes.enumerated().map { number, pass -> JSON in
            [
                "pass": .integer(number + 1), "nme_percent": .decimal(pass.mean, 4),
                "median_percent": .decimal(pass.median, 4), "auc_0_08": .decimal(pass.areaUnderCurve, 4),
                "failure_0_08_percent": .decimal(pass.failureRate, 4),
                "regions": .object(Self.regions(pass).map { ($0.rawValue, .decimal($1, 4)) }),
            ]
        }
        let report: JSON = [
            "model": .string(model), "set": .string(set), "split": .string(split), "images": .integer(images),
            "box": .string(start.rawValue), "passes": .array(passes),
            "ece": reliability.map { .decimal($0.expectedCalibrationError, 4) },
            "point_ece": pointReliability.map { .decimal($0.expectedCalibrationError, 4) },
            "wrong_starts": recovery?.json, "tracked": tracked?.json,
        ]
        return report.appending(details?.json)
    }

    /// A table for readers; errors in % of the scheme's unit.
    package var text: String {
        let names = passes.first.map { Self.regions($0).map(\.0.rawValue) } ?? []
        var rows = [["pass", "mean %", "median %", "AUC 0.08", "over 8 %"] + names.map { "\($0) %" }]
        for (number, pass) in passes.enumerated() {
            let regions = Self.regions(pass).map { decimal($1, 2) }
            rows.append(
                [
                    "\(number + 1)", decimal(pass.mean, 2), decimal(pass.median, 2), decimal(pass.areaUnderCurve, 3),
                    decimal(pass.failureRate, 2) + " %",
                ] + regions)
        }
        let title = "\(set) \(split), \(images) faces, start: \(start.words); errors in % of \(unit)"
        return ([title] + aligned(rows) + [details?.text].compactMap { $0 }).joined(separator: "\n")
    }

    /// Tables for readers: how often confidence was right, and what becomes of tracks from wrong landmarks.
    package var calibrationText: String {
        [
            reliability?.text(of: "faces") ?? "confidence: the model reports none",
            pointReliability?.text(of: "landmarks"), tracked?.text, recovery?.text,
        ]
        .compactMap { $0 }.joined(separator: "\n")
    }

    /// Regions that the scheme has, in the order of the face.
    private static func regions(_ summary: ErrorSummary) -> [(FaceRegion, Double)] {
        FaceRegion.allCases.compactMap { region in summary.regions[region].map { (region, $0) } }
    }
}

extension CropStart {
    var words: String {
        switch self {
        case .truth: "crop from true landmarks"
        case .jittered: "crop from a jittered box"
        case .otherShape: "another face's shape as prior"
        }
    }
}

/// Rows of cells as lines with columns aligned at the right.
func aligned(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
        zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
    }
}

extension Reliability {
    /// A table for readers: what was said of `subject`, how often it was right.
    func text(of subject: String) -> String {
        var rows = [["confidence", "number", "said %", "right %"]]
        for (index, bin) in bins.enumerated() where bin.count > 0 {
            let (low, high) = (Double(index) / Double(Self.bins), Double(index + 1) / Double(Self.bins))
            let count = Double(bin.count)
            rows.append([
                "\(decimal(low, 2))-\(decimal(high, 2))", "\(bin.count)", decimal(100 * bin.said / count, 1),
                decimal(100 * bin.right / count, 1),
            ])
        }
        let count = bins.reduce(0) { $0 + $1.count }
        let title = "confidence of \(count) \(subject) in augmented samples; expected calibration error "
        return ([title + decimal(expectedCalibrationError, 3)] + aligned(rows)).joined(separator: "\n")
    }
}

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
