import Base
import FaceTracking
import Samples

/// How a locator did on one set of faces, and on the face-free pictures that training holds back.
package struct LocatorReport: Sendable {
    package let model: String
    package let set: String
    package let split: String
    package let images: Int
    /// % of the faces missed in their own pictures, and of those in scenes made of them.
    package let missed: Double
    package let missedInScenes: Double
    /// % of the face-free pictures in which a face is seen.
    package let falseFaces: Double
    package let negatives: Int
    package let tracked: Tracked

    /// With the cascade's judgement, as `track` sees a first frame; in %.
    package struct Tracked: Sendable {
        /// Faces found and landmarked in their own pictures.
        package let right: Double
        /// The same laid in frames by size, as in `DetectionEvaluation.heights`.
        package let laid: [Double]
        /// Face-free pictures in which a face is told.
        package let falseFaces: Double
    }

    /// The object of `landmarkd evaluate --json`.
    package var json: String {
        let laid = zip(DetectionEvaluation.heights, tracked.laid).map {
            "{\"height\":\(decimal($0, 2)),\"right_percent\":\(decimal($1, 4))}"
        }
        return
            "{\"model\":\(model.jsonQuoted),\"task\":\"locator\",\"set\":\(set.jsonQuoted),\"split\":\(split.jsonQuoted),"
            + "\"images\":\(images),\"missed_percent\":\(decimal(missed, 4)),"
            + "\"missed_in_scenes_percent\":\(decimal(missedInScenes, 4)),\"negatives\":\(negatives),"
            + (negatives > 0 ? "\"false_faces_percent\":\(decimal(falseFaces, 4))," : "")
            + "\"tracked\":{\"right_percent\":\(decimal(tracked.right, 4)),\"laid\":[\(laid.joined(separator: ","))]"
            + (negatives > 0 ? ",\"false_faces_percent\":\(decimal(tracked.falseFaces, 4))" : "") + "}}"
    }

    /// Lines for readers.
    package var text: String {
        let found =
            "with the cascade: \(decimal(tracked.right, 2)) % found and landmarked to 0.15 of the eye distance in their pictures"
        guard negatives > 0 else {
            return "\(set) \(split), \(images) faces: \(decimal(missed, 2)) % missed in their pictures, "
                + "\(decimal(missedInScenes, 2)) % in made scenes; no picture without a face to try\n  \(found)"
        }
        let laid = zip(DetectionEvaluation.heights, tracked.laid).map { "\(decimal(100 * $0, 0)) %: \(decimal($1, 1))" }
        return "\(set) \(split), \(images) faces: \(decimal(missed, 2)) % missed in their pictures, "
            + "\(decimal(missedInScenes, 2)) % in made scenes; false faces in \(decimal(falseFaces, 2)) % of \(negatives) "
            + "pictures without one\n  \(found); laid in frames, turned by up to 45°, by height: \(laid.joined(separator: ", ")) %; "
            + "false faces in \(decimal(tracked.falseFaces, 2)) %"
    }
}

extension EvaluationRun {
    /// Scenes made of each set.
    static let scenes = 1000

    /// Faces laid in frames, of each size.
    static let laidFaces = 112

    /// What a locator finds, before the cascade looks at it and after; sets in the order of their names.
    ///
    /// Throws what readers throw, `.usage` where no face is of that set and split.
    package func locatorReports(
        cascade: CascadeModel, progress: (Int, Int) -> Void
    ) throws(LandmarkdError) -> [LocatorReport] {
        let locator = try LocatorModel(path: modelPath)
        let evaluator = LocatorEvaluator(locator)
        let found = DetectionEvaluation(cascade, locator)
        let sets = try faceSets(scheme: .ibug68)
        let negatives = try heldNegatives()
        var reports: [LocatorReport] = []
        for (name, faces) in sets {
            progress(reports.count, sets.count)
            let sampler = LocatorSampler(faces, negatives: negatives, seed: 9)
            reports.append(
                LocatorReport(
                    model: modelPath, set: name, split: split.rawValue, images: faces.count,
                    missed: evaluator.missed(in: faces),
                    missedInScenes: evaluator.missed(in: sampler, count: Self.scenes),
                    falseFaces: evaluator.alarmed(in: negatives), negatives: negatives.frames.count,
                    tracked: try tracked(found, faces, negatives)))
        }
        return reports
    }

    private func tracked(
        _ found: DetectionEvaluation, _ faces: FaceSet, _ negatives: PictureSet
    ) throws(LandmarkdError) -> LocatorReport.Tracked {
        var laid: [Double] = []
        for height in DetectionEvaluation.heights where !negatives.frames.isEmpty {
            laid.append(try found.right(laying: faces, on: negatives, height: height, count: Self.laidFaces))
        }
        return LocatorReport.Tracked(
            right: try found.right(in: faces), laid: laid, falseFaces: try found.falseFaces(in: negatives))
    }
}
