import Base
import Capture
import FaceTracking
import Samples

/// `landmarkd jitter`: how steadily a tracker follows stills that move by a known motion, and stills that do not.
package struct JitterRun {
    package let faces: FaceSet
    /// Folder for the clips and their true landmarks, with a slash at the end; nil: none are written.
    package var clips: String?
    package var seed: UInt64 = 2

    package init(_ faces: FaceSet) { self.faces = faces }

    /// `progress` is told how many clips are done, and of how many.
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
