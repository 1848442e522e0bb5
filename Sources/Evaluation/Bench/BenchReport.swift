import Base
import Rendering

/// Figures of a machine, each with its key in JSON, its unit and what it means.
package struct BenchReport: Sendable {
    package struct Figure: Sendable {
        package let key: String
        package let value: Double
        /// Digits after the point.
        package let digits: Int
        package let unit: String
        package let meaning: String
    }

    package private(set) var figures: [Figure] = []
    /// What a frame costs with so many faces in it.
    package struct FaceCost: Sendable {
        package let count: Int
        package let milliseconds: Double
        /// Faces that were followed in every frame: fewer than `count` where the model does not find them all.
        package let followed: Int
    }

    package var faces: [FaceCost] = []

    package mutating func add(_ key: String, _ value: Double, _ digits: Int, _ unit: String, _ meaning: String) {
        figures.append(Figure(key: key, value: value, digits: digits, unit: unit, meaning: meaning))
    }

    /// The object of `landmarkd bench --json`.
    package var json: JSON {
        let costs = faces.map { cost -> JSON in
            [
                "count": .integer(cost.count), "ms": .decimal(cost.milliseconds, 3),
                "followed": .integer(cost.followed),
            ]
        }
        return .object(figures.map { ($0.key, .decimal($0.value, $0.digits)) })
            .appending(["faces": costs.isEmpty ? nil : .array(costs)])
    }

    package var text: String {
        let costs = faces.map {
            Figure(
                key: "", value: $0.milliseconds, digits: 3, unit: "ms",
                meaning: "tracking a frame of 1280×720, faces: \($0.count)"
                    + ($0.followed < $0.count ? " (only \($0.followed) followed)" : ""))
        }
        let widest = (figures + costs).map(\.meaning.count).max() ?? 0
        return (figures + costs).map { figure in
            let space = String(repeating: " ", count: widest - figure.meaning.count + 2)
            return figure.meaning + space + decimal(figure.value, figure.digits)
                + (figure.unit.isEmpty ? "" : " \(figure.unit)")
        }.joined(separator: "\n")
    }
}
