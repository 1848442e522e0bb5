import Base
import Capture
import FaceTracking
import Rendering
import Samples

/// `landmarkd jitter`: how steadily a tracker follows stills that move by a known motion, and stills that do not.
package struct JitterRun {
    package let faces: FaceSet
    /// Folder for the clips and their true landmarks, with a slash at the end; nil: none are written.
    package var clips: String?
    package var seed: UInt64 = 2

    package init(_ faces: FaceSet) { self.faces = faces }

    /// `progress` receives the number of clips done and their total.
    package func run(_ tracker: any FaceTracker, progress: (Int, Int) -> Void) throws(LandmarkdError) -> JitterReport {
        var results: [JitterReport.Face] = []
        for index in 0..<faces.count {
            guard faces.faces[index].scheme.referenceLength(of: faces.faces[index].points) > 0 else {
                throw LandmarkdError(
                    .unusableData, "\(faces.faces[index].source): landmarks that coincide",
                    remedy: "correct this row or remove it")
            }
            progress(2 * index, 2 * faces.count)
            let moving = try measure(index, moving: true, tracker)
            progress(2 * index + 1, 2 * faces.count)
            let still = try measure(index, moving: false, tracker)
            results.append(JitterReport.Face(name: faces.faces[index].file, moving: moving, still: still))
        }
        return JitterReport(results)
    }

    private func measure(
        _ index: Int, moving: Bool, _ tracker: any FaceTracker
    ) throws(LandmarkdError) -> ClipJitter {
        let clip = MovingStill(
            faces.frame(of: index), faces.faces[index], moving: moving, seed: seed &* 1009 &+ UInt64(index))
        if let clips { try write(clip, "\(clips)face\(index + 1)-\(moving ? "moving" : "still")") }
        return try JitterMeter().measure(clip, tracker)
    }

    /// PATH.mp4, lossless, and PATH.csv: number (from 1) and time of each frame, then all true x, then all y.
    private func write(_ clip: MovingStill, _ path: String) throws(LandmarkdError) {
        let video = try VideoWriter(
            path + ".mp4", width: MovingStill.width, height: MovingStill.height, frameRate: MovingStill.frameRate,
            quality: 0, fullRange: true)
        let landmarks = clip.face.points.indices
        let columns = landmarks.map { "x_\($0)" } + landmarks.map { "y_\($0)" }
        var table = "frame,timestamp," + columns.joined(separator: ",") + "\n"
        for index in 0..<MovingStill.frameCount {
            try video.write(clip.draw(index), time: clip.time(index))
            let truth = clip.truth(index)
            let places = (truth.map(\.x) + truth.map(\.y)).map { decimal($0, 4) }
            table += "\(index + 1),\(decimal(clip.time(index), 6))," + places.joined(separator: ",") + "\n"
        }
        try video.finish()
        try writeFile(path + ".csv", Array(table.utf8))
    }
}

/// Steadiness over some faces: each figure's mean and median.
package struct JitterReport: Sendable {
    /// One face's clips: the one that moves and the one that stands still.
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
        let clip: @Sendable (Face) -> ClipJitter
        let value: @Sendable (ClipJitter) -> Double

        init(
            key: String, meaning: String, _ clip: @escaping @Sendable (Face) -> ClipJitter,
            _ value: @escaping @Sendable (ClipJitter) -> Double
        ) {
            (self.key, self.meaning, self.clip, self.value) = (key, meaning, clip, value)
        }

        /// Means over the clips in which the face was found.
        func values(_ faces: [Face]) -> [Double] { faces.map(clip).filter(\.isJudged).map(value) }
    }

    private static let figures = [
        Figure(key: "moving_total_permille", meaning: "moving: total ‰", { $0.moving }, { $0.total }),
        Figure(key: "moving_fast_permille", meaning: "moving: fast ‰", { $0.moving }, { $0.fast }),
        Figure(key: "still_total_permille", meaning: "still: total ‰", { $0.still }, { $0.total }),
        Figure(key: "still_fast_permille", meaning: "still: fast ‰", { $0.still }, { $0.fast }),
        Figure(key: "delay_frames", meaning: "delay, frames", { $0.moving }, { $0.delay }),
        Figure(key: "moving_error_percent", meaning: "moving: error %", { $0.moving }, { $0.error }),
        Figure(key: "still_error_percent", meaning: "still: error %", { $0.still }, { $0.error }),
    ]

    /// Frames in which the face was lost, over all clips of a kind.
    package var lost: (moving: Int, still: Int) {
        (faces.map(\.moving.lost).reduce(0, +), faces.map(\.still.lost).reduce(0, +))
    }

    /// A table for readers, over the clips in which the face was found: ‰ and % are of the outer-eye distance.
    package var text: String {
        let judged = faces.count * (MovingStill.frameCount - MovingStill.settling)
        var lines = ["\(faces.count) faces: mean (median); ‰ and % of the outer-eye distance"]
        for figure in Self.figures {
            let values = figure.values(faces)
            let space = String(repeating: " ", count: 18 - figure.meaning.count)
            let text = values.isEmpty ? "–" : decimal(mean(values), 2) + " (" + decimal(median(values), 2) + ")"
            lines.append(figure.meaning + space + text)
        }
        return (lines + ["lost frames       \(lost.moving) + \(lost.still) of \(judged) each"]).joined(separator: "\n")
    }

    /// The object of `landmarkd jitter --json`.
    package var json: JSON {
        let figures = Self.figures.map { figure -> JSON.Member in
            let values = figure.values(faces)
            if values.isEmpty { return (figure.key, .null) }
            return (figure.key, ["mean": .decimal(mean(values), 4), "median": .decimal(median(values), 4)])
        }
        return (["faces": .integer(faces.count)] as JSON).appending(.object(figures))
            .appending(["moving_lost_frames": .integer(lost.moving), "still_lost_frames": .integer(lost.still)])
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
