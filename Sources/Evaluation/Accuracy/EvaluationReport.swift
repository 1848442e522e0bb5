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
    /// Outcome of tracks from wrong landmarks; told once a set.
    package var recovery: RecoveryEvaluation?
    /// Unit of the errors, in words.
    private let unit: String
    /// Confidence of faces that the tracker finds itself; told once a set.
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
        case .truth: "crop by the truth"
        case .jittered: "crop by a jittered box"
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
