import Base

/// Steadiness over some faces: each figure's mean and median.
package struct JitterReport: Sendable {
    /// Of one face: the clip that moves and the one that stands still.
    package struct Face: Sendable {
        package let name: String
        package let moving: ClipJitter
        package let still: ClipJitter

        package init(name: String, moving: ClipJitter, still: ClipJitter) {
            (self.name, self.moving, self.still) = (name, moving, still)
        }
    }

    package let faces: [Face]

    package init(_ faces: [Face]) {
        precondition(!faces.isEmpty, "a report of no faces")
        self.faces = faces
    }

    private struct Figure: Sendable {
        let key: String
        let meaning: String
        let value: @Sendable (Face) -> Double
    }

    private static let figures = [
        Figure(key: "moving_total_permille", meaning: "moving: total ‰") { $0.moving.total },
        Figure(key: "moving_fast_permille", meaning: "moving: fast ‰") { $0.moving.fast },
        Figure(key: "still_total_permille", meaning: "still: total ‰") { $0.still.total },
        Figure(key: "still_fast_permille", meaning: "still: fast ‰") { $0.still.fast },
        Figure(key: "delay_frames", meaning: "delay, frames") { $0.moving.delay },
        Figure(key: "moving_error_percent", meaning: "moving: error %") { $0.moving.error },
        Figure(key: "still_error_percent", meaning: "still: error %") { $0.still.error },
    ]

    /// Frames in which the face was lost, over all clips of a kind.
    package var lost: (moving: Int, still: Int) {
        (faces.map(\.moving.lost).reduce(0, +), faces.map(\.still.lost).reduce(0, +))
    }

    /// A table for readers: ‰ and % are of the outer-eye distance.
    package var text: String {
        let judged = faces.count * (MovingStill.frameCount - MovingStill.settling)
        var lines = ["\(faces.count) faces: mean (median); ‰ and % of the outer-eye distance"]
        for figure in Self.figures {
            let values = faces.map(figure.value)
            let space = String(repeating: " ", count: 18 - figure.meaning.count)
            lines.append(figure.meaning + space + decimal(mean(values), 2) + " (" + decimal(median(values), 2) + ")")
        }
        return (lines + ["lost frames       \(lost.moving) + \(lost.still) of \(judged) each"]).joined(separator: "\n")
    }

    /// The object of `landmarkd jitter --json`.
    package var json: String {
        let figures = Self.figures.map { figure in
            let values = faces.map(figure.value)
            return
                "\(figure.key.jsonQuoted):{\"mean\":\(decimal(mean(values), 4)),\"median\":\(decimal(median(values), 4))}"
        }
        return "{\"faces\":\(faces.count),\(figures.joined(separator: ",")),"
            + "\"moving_lost_frames\":\(lost.moving),\"still_lost_frames\":\(lost.still)}"
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
