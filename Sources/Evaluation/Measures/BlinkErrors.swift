import Base
import FaceTracking

/// Blinks that were found, beside those that there were.
package struct BlinkErrors: Sendable {
    package let name: String
    package let key: String
    package private(set) var right = 0
    package private(set) var missed = 0
    package private(set) var wrong = 0
    /// Seconds of video.
    package private(set) var seconds = 0.0
    /// Depths of the blinks that were right.
    package private(set) var depths: [Double] = []

    init(_ name: String, key: String) { (self.name, self.key) = (name, key) }

    /// Compares one clip: each true blink, from the first to the last frame in which the eyes are shut, takes the first blink found that
    /// overlaps it.
    mutating func add(_ found: [Blink], truth: [ClosedRange<Double>], seconds: Double) {
        var rest = found
        for blink in truth {
            if let index = rest.firstIndex(where: { $0.start <= blink.upperBound && blink.lowerBound <= $0.end }) {
                depths.append(rest.remove(at: index).depth)
                right += 1
            } else {
                missed += 1
            }
        }
        wrong += rest.count
        self.seconds += seconds
    }

    package var precision: Double? { right + wrong > 0 ? Double(right) / Double(right + wrong) : nil }
    package var recall: Double? { right + missed > 0 ? Double(right) / Double(right + missed) : nil }

    var json: JSON {
        [
            "judged": .string(key), "blinks": .integer(right + missed), "found": .integer(right),
            "false": .integer(wrong), "seconds": .decimal(seconds, 1),
            "precision": precision.map { .decimal($0, 4) }, "recall": recall.map { .decimal($0, 4) },
            "mean_depth": depths.isEmpty ? nil : .decimal(depths.reduce(0, +) / Double(depths.count), 3),
        ]
    }

    var text: String {
        func percent(_ share: Double?) -> String { share.map { decimal(100 * $0, 1) + " %" } ?? "–" }
        let depth = depths.isEmpty ? "" : ", mean depth \(decimal(depths.reduce(0, +) / Double(depths.count), 2))"
        return "\(name): \(right) of \(right + missed) blinks found (recall \(percent(recall))), \(wrong) false "
            + "(precision \(percent(precision))), in \(decimal(seconds, 0)) s\(depth)"
    }
}

/// Blinks judged, group by group.
package struct BlinkReport: Sendable {
    package let groups: [BlinkErrors]

    package init(groups: [BlinkErrors]) { self.groups = groups }

    /// The list of `landmarkd evaluate --task blinks --json`.
    package var json: JSON { .array(groups.map(\.json)) }

    package var text: String { groups.map(\.text).joined(separator: "\n") }
}
