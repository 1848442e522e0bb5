import Base
import FaceTracking

/// Annotated faces of some folders, split and decoded.
public struct TrainingData: Sendable {
    public let train: FaceSet
    public let validation: FaceSet?
    public let negatives: PictureSet
    /// Names of the sets trained on.
    public let sets: [String]
    /// Faces left out because their points are of another scheme.
    public let otherSchemes: Int

    /// - Parameters:
    ///   - sets: names of the sets to use; empty: all.
    ///   - validation: share of the groups held back. Machine-made points (ytfaces) are no judge and stay out of validation.
    /// - Throws: what the readers throw; `.unusableData` where nothing is left.
    public init(
        folders: [String], scheme: LandmarkScheme, sets: [String], validation share: Double, seed: UInt64 = 1
    ) throws(LandmarkdError) {
        var (faces, others): ([AnnotatedFace], Int) = ([], 0)
        var negatives: [PictureSet] = []
        for folder in folders {
            let found = try readAnnotations(folder: folder, scheme: scheme)
            faces += found.faces
            others += found.otherSchemes
            negatives.append(try PictureSet.negatives(folder: folder))
        }
        if !sets.isEmpty { faces = faces.filter { sets.contains($0.set) } }
        let split = FaceSplit(validation: share, seed: seed)(faces)
        let judged = split.validation.filter { TrainingSampler.defaultWeights[$0.set] == nil }
        train = try FaceSet(split.train)
        validation = judged.isEmpty ? nil : try FaceSet(judged)
        self.negatives = PictureSet(joining: negatives)
        self.sets = Set(split.train.map(\.set)).sorted()
        otherSchemes = others
    }
}
