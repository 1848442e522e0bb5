import Base
import FaceTracking

/// Measured against true openings of eyes or mouths.
///
/// A landmark's error says little about a blink: lids that stay 2 % of the face apart are a small error and an open eye.
package struct OpeningSummary: Sendable, Equatable {
    /// Openings up to which a part counts as shut, and from which as wide open.
    package struct Limits: Sendable {
        package let shut: Double
        package let open: Double
    }

    package let part: FaceOpening.Part
    /// Number, mean truth and mean answer of the shut ones and of the wide open ones.
    package let shut: Group
    package let open: Group
    /// Probability that a shut one is said to be less open than one that is not shut; nil without both.
    package let areaUnderCurve: Double?

    package struct Group: Sendable, Equatable {
        package let count: Int
        package let truth: Double
        package let found: Double

        package var bias: Double { found - truth }

        init(_ openings: [(truth: Double, found: Double)]) {
            count = openings.count
            let share = 1 / Double(max(1, count))
            truth = share * openings.reduce(0) { $0 + $1.truth }
            found = share * openings.reduce(0) { $0 + $1.found }
        }
    }

    package static func limits(of part: FaceOpening.Part) -> Limits {
        switch part {
        case .eyes: Limits(shut: 0.12, open: 0.30)
        case .mouth: Limits(shut: 0.05, open: 0.20)
        }
    }

    /// Nil where the scheme does not know the part.
    package init?(_ part: FaceOpening.Part, of faces: [JudgedFace], scheme: LandmarkScheme) {
        let parts = scheme.openings.filter { $0.part == part }
        guard !parts.isEmpty, !faces.isEmpty else { return nil }
        let openings = faces.flatMap { face in
            parts.map { (truth: $0.width(of: face.truth), found: $0.width(of: face.found)) }
        }
        let limits = Self.limits(of: part)
        self.part = part
        let shut = openings.filter { $0.truth < limits.shut }
        self.shut = Group(shut)
        open = Group(openings.filter { $0.truth > limits.open })
        areaUnderCurve = Self.areaUnderCurve(
            below: shut.map(\.found), above: openings.filter { $0.truth >= limits.shut }.map(\.found))
    }

    /// Share of pairs in the right order; ties count half. Source: Hanley and McNeil 1982, the Wilcoxon form of the area under the
    /// ROC curve.
    static func areaUnderCurve(below: [Double], above: [Double]) -> Double? {
        guard !below.isEmpty, !above.isEmpty else { return nil }
        let sorted = above.sorted()
        var pairs = 0.0
        for value in below {
            let first = sorted.partitioningIndex { $0 >= value }
            let next = sorted.partitioningIndex { $0 > value }
            pairs += Double(sorted.count - next) + 0.5 * Double(next - first)
        }
        return pairs / Double(below.count) / Double(above.count)
    }
}

extension OpeningSummary {
    var json: JSON { ["shut": shut.json, "open": open.json, "auc": areaUnderCurve.map { .decimal($0, 4) }] }

    /// A line for readers.
    var text: String {
        let limits = Self.limits(of: part)
        let area = areaUnderCurve.map { "; separated from the others with AUC \(decimal($0, 3))" } ?? ""
        return "opening of \(part.rawValue): \(shut.text) shut (true opening below \(decimal(limits.shut, 2)))\(area); "
            + "\(open.text) wide open (above \(decimal(limits.open, 2)))"
    }
}

extension OpeningSummary.Group {
    fileprivate var json: JSON {
        let means: JSON = ["truth": .decimal(truth, 4), "found": .decimal(found, 4), "bias": .decimal(bias, 4)]
        return (["count": .integer(count)] as JSON).appending(count > 0 ? means : nil)
    }

    fileprivate var text: String {
        count == 0 ? "0" : "\(count), found \(decimal(found, 3)) where \(decimal(truth, 3)) is true,"
    }
}
