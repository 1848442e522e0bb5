import Base
import FaceTracking

/// How a locator did on one set of faces, and on the face-free pictures that training holds back.
public struct LocatorReport: Sendable {
    public let model: String
    public let set: String
    public let split: String
    public let images: Int
    /// % of the faces missed in their own pictures, and of those in scenes made of them.
    public let missed: Double
    public let missedInScenes: Double
    /// % of the face-free pictures in which a face is seen.
    public let falseFaces: Double
    public let negatives: Int

    /// The object of `landmarkd evaluate --json`.
    public var json: String {
        "{\"model\":\(model.jsonQuoted),\"task\":\"locator\",\"set\":\(set.jsonQuoted),\"split\":\(split.jsonQuoted),"
            + "\"images\":\(images),\"missed_percent\":\(decimal(missed, 4)),"
            + "\"missed_in_scenes_percent\":\(decimal(missedInScenes, 4)),\"negatives\":\(negatives),"
            + "\"false_faces_percent\":\(decimal(falseFaces, 4))}"
    }

    /// A line for readers.
    public var text: String {
        "\(set) \(split), \(images) faces: \(decimal(missed, 2)) % missed in their pictures, "
            + "\(decimal(missedInScenes, 2)) % in made scenes; false faces in \(decimal(falseFaces, 2)) % of \(negatives) "
            + "pictures without one"
    }
}

extension EvaluationRun {
    /// Scenes made of each set.
    static let scenes = 1000

    /// What a locator finds, before the cascade looks at it; sets in the order of their names.
    ///
    /// Throws what readers throw, `.usage` where no face is of that set and split.
    public func locatorReports(progress: (Int, Int) -> Void) throws(LandmarkdError) -> [LocatorReport] {
        let evaluator = LocatorEvaluator(try LocatorModel(path: modelPath))
        let sets = try faceSets(scheme: LandmarkScheme.ibug68.name)
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
                    falseFaces: evaluator.alarmed(in: negatives), negatives: negatives.frames.count))
        }
        return reports
    }
}
