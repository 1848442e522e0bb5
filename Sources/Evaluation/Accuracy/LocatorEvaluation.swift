import Base
import FaceTracking
import Samples

/// Results of a locator on one set of faces, and on the face-free pictures that training holds back.
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

    /// Together with the cascade, as `track` processes a first frame; in %.
    package struct Tracked: Sendable {
        /// Faces found and landmarked in their own pictures.
        package let right: Double
        /// The same for faces pasted into frames, by size, as in `DetectionEvaluation.heights`.
        package let pasted: [Double]
        /// Face-free pictures in which a face is reported.
        package let falseFaces: Double
    }

    /// The object of `landmarkd evaluate --json`.
    package var json: JSON {
        let pasted = zip(DetectionEvaluation.heights, tracked.pasted).map { height, right -> JSON in
            ["height": .decimal(height, 2), "right_percent": .decimal(right, 4)]
        }
        let tracked: JSON = [
            "right_percent": .decimal(tracked.right, 4), "laid": .array(pasted),
            "false_faces_percent": negatives > 0 ? .decimal(tracked.falseFaces, 4) : nil,
        ]
        return [
            "model": .string(model), "task": .string("locator"), "set": .string(set), "split": .string(split),
            "images": .integer(images), "missed_percent": .decimal(missed, 4),
            "missed_in_scenes_percent": .decimal(missedInScenes, 4), "negatives": .integer(negatives),
            "false_faces_percent": negatives > 0 ? .decimal(falseFaces, 4) : nil, "tracked": tracked,
        ]
    }

    /// Lines for readers.
    package var text: String {
        let found =
            "with the cascade: \(decimal(tracked.right, 2)) % found and landmarked to 0.15 of the eye distance in their pictures"
        guard negatives > 0 else {
            return "\(set) \(split), \(images) faces: \(decimal(missed, 2)) % missed in their pictures, "
                + "\(decimal(missedInScenes, 2)) % in composed scenes; no picture without a face to try\n  \(found)"
        }
        let pasted = zip(DetectionEvaluation.heights, tracked.pasted).map {
            "\(decimal(100 * $0, 0)) %: \(decimal($1, 1))"
        }
        return "\(set) \(split), \(images) faces: \(decimal(missed, 2)) % missed in their pictures, "
            + "\(decimal(missedInScenes, 2)) % in composed scenes; false faces in \(decimal(falseFaces, 2)) % of \(negatives) "
            + "pictures without one\n  \(found); pasted into frames, turned by up to 45°, by height: \(pasted.joined(separator: ", ")) %; "
            + "false faces in \(decimal(tracked.falseFaces, 2)) %"
    }
}

extension EvaluationRun {
    /// Scenes made of each set.
    static let scenes = 1000

    /// Number of faces pasted into frames, for each size.
    static let pastedFaces = 112

    /// Results of a locator alone and with the cascade; sets in the order of their names.
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
        var pasted: [Double] = []
        for height in DetectionEvaluation.heights where !negatives.frames.isEmpty {
            pasted.append(try found.right(pasting: faces, on: negatives, height: height, count: Self.pastedFaces))
        }
        return LocatorReport.Tracked(
            right: try found.right(in: faces), pasted: pasted, falseFaces: try found.falseFaces(in: negatives))
    }
}

/// Evaluates a locator on faces and face-free pictures. Bound to one thread.
package final class LocatorEvaluator {
    /// Presence from which a face counts as found.
    package static let threshold = NetworkLocator.defaultThreshold

    private let model: LocatorModel
    private let runner: LocatorRunner

    package init(_ model: LocatorModel) { (self.model, runner) = (model, LocatorRunner(model)) }

    /// Near enough for the cascade to start from: centre within 0.15 of the crop's side, size within 25 %.
    package static func isFound(_ crop: SimilarityMap, among found: [LocatedFace]) -> Bool {
        found.contains { face in
            let distance = (face.crop(Point(0.5, 0.5)) - crop(Point(0.5, 0.5))).length
            return distance <= 0.15 * crop.scale && 0.8...1.25 ~= face.crop.scale / crop.scale
        }
    }

    /// % of the faces that are not found in their own pictures.
    package func missed(in faces: FaceSet) -> Double {
        let missed = faces.faces.indices.count { index in
            let found = runner.faces(in: faces.frame(of: index), threshold: Self.threshold, limit: 16)
            let crop = CropLayout().frameFromCrop(around: faces.faces[index].points, scheme: faces.scheme)
            return !Self.isFound(crop, among: found)
        }
        return 100 * Double(missed) / Double(max(1, faces.count))
    }

    /// % of the faces of the sampler's first `count` scenes that are not found.
    package func missed(in sampler: LocatorSampler, count: Int) -> Double {
        let side = sampler.side
        let network = LocatorNetwork(
            model.configuration, .inference, batch: 1, height: side, width: side, weights: model.weights)
        network.graph.prepare()
        let canvas = PlanarCrop(side: side)
        var target = LocatorTarget(rows: network.cells.shape.height, columns: network.cells.shape.width)
        var (missed, all) = (0, 0)
        for index in 0..<count {
            _ = sampler.makeSample(
                index: UInt64(index), into: network.frame.values.elements, target: &target, with: canvas)
            network.graph.forward()
            let found = network.faces(threshold: Self.threshold).withoutDuplicates(limit: 16)
            all += target.crops.count
            missed += target.crops.count { !Self.isFound($0, among: found) }
        }
        return 100 * Double(missed) / Double(max(1, all))
    }

    /// % of the pictures, all without a face, in which one is seen.
    package func alarmed(in pictures: PictureSet) -> Double {
        let alarmed = pictures.frames.count { !runner.faces(in: $0, threshold: Self.threshold, limit: 1).isEmpty }
        return 100 * Double(alarmed) / Double(max(1, pictures.frames.count))
    }
}
