import Base
import FaceTracking

/// The data of a training run, for training and validation: annotated faces of some folders, split and decoded, or samples baked from them.
package struct TrainingData: Sendable {
    /// Faces to make samples of; nil where they are baked.
    package private(set) var train: FaceSet?
    /// Samples made beforehand, instead of `train`.
    package let baked: BakedSamples?
    package private(set) var validation: FaceSet?
    /// Share of the groups that was held back.
    package let validationShare: Double
    /// What the points mean.
    package private(set) var scheme: LandmarkScheme
    /// Whether the mirror map was found from the faces' shapes.
    package let findsMirror: Bool
    /// Pictures without a face for training, hard negatives found in them, and held-back pictures.
    package let negatives: PictureSet
    package let hardNegatives = HardNegatives()
    package let heldNegatives: PictureSet
    /// Names of the sets trained on; none where the samples are baked.
    package let sets: [String]
    /// Faces left out because their points are of another scheme.
    package let otherSchemes: Int
    /// Warnings about annotations and their pictures.
    package private(set) var warnings: [DataWarning]

    /// With a folder of baked samples, the other folders are used for validation only, except for pictures in the baked samples.
    ///
    /// - Parameters:
    ///   - sets: names of the sets to use; empty: all.
    ///   - validation: share of the groups held back; nil: chosen by their number. Machine-made points are excluded from validation.
    /// - Throws: what the readers throw; `.unusableData` where nothing is left; `.usage` with two folders of baked samples.
    package init(
        folders: [String], scheme: LandmarkScheme, sets: [String], validation share: Double?, seed: UInt64 = 1
    ) throws(LandmarkdError) {
        let bakedFolders = folders.filter(BakedSamples.isBaked)
        guard bakedFolders.count < 2 else {
            throw LandmarkdError(
                .usage, "\(bakedFolders[1]): a second folder of baked samples", remedy: "train on one of them at a time"
            )
        }
        let baked = try bakedFolders.first.map { (folder) throws(LandmarkdError) in try BakedSamples(folder: folder) }
        let pictureFolders = folders.filter { !bakedFolders.contains($0) }
        var found = Annotations()
        var negatives: [PictureSet] = []
        for folder in pictureFolders {
            found += try readAnnotations(folder: folder, scheme: scheme)
            if baked == nil { negatives.append(try PictureSet.negatives(folder: folder)) }
        }
        let wanted = sets.isEmpty ? found.faces : found.faces.filter { sets.contains($0.set) }
        let share = share ?? FaceSplit.share(groups: Set(wanted.map(\.group)).count)
        let holding = FaceSplit(validation: share, seed: seed)
        let split = holding(wanted)
        guard baked != nil || !split.train.isEmpty else {
            throw found.noTrainingFaces(scheme, in: pictureFolders, sets: sets, split: holding)
        }
        let seen = baked?.files ?? []
        let judged = split.validation.filter {
            TrainingSampler.defaultWeights[$0.set] == nil && !$0.isMachineMade && !seen.contains($0.file)
        }
        train = baked == nil ? try FaceSet(split.train) : nil
        validation = judged.isEmpty ? nil : try FaceSet(judged)
        self.baked = baked
        let pictures = PictureSet(joining: negatives)
        self.negatives = pictures.filter { !holding.isHeldBack($0) }
        heldNegatives = pictures.filter { holding.isHeldBack($0) }
        self.sets = baked == nil ? Set(split.train.map(\.set)).sorted() : []
        validationShare = share
        var known = train?.scheme ?? validation?.scheme ?? scheme
        let map = known.mirror == nil && known != .helen194 ? mirrorMap(fromShapes: split.train.map(\.points)) : nil
        if let map { known.setMirror(map) }
        (self.scheme, findsMirror) = (known, map != nil)
        otherSchemes = found.otherSchemes
        warnings = found.warnings + (train?.warnings ?? []) + (validation?.warnings ?? [])
        describe(known)
    }

    /// Replaces the scheme by one with a fuller description of the same points.
    package mutating func describe(_ scheme: LandmarkScheme) {
        self.scheme = scheme
        train?.describe(scheme)
        validation?.describe(scheme)
        guard let held = validation?.withUnit() else { return }
        validation = held.faces
        warnings += held.warnings
    }

    /// The scheme of the folders' faces: `usual` where there are such, or where there is none at all; else the only other one.
    ///
    /// Throws what the readers throw; `.unusableData` where there are several others.
    package static func scheme(of folders: [String], usual: LandmarkScheme) throws(LandmarkdError) -> LandmarkScheme {
        var others: [String: Int] = [:]
        for folder in folders {
            if BakedSamples.isBaked(folder) { return try BakedSamples(folder: folder).scheme }
            let found = try readAnnotations(folder: folder, scheme: usual)
            guard found.faces.isEmpty else { return usual }
            others.merge(found.others, uniquingKeysWith: +)
        }
        guard let name = others.keys.sorted().first, let scheme = LandmarkScheme.named(name) else { return usual }
        guard others.count == 1 else {
            let found = Annotations(others: others)
            throw LandmarkdError(
                .unusableData, "\(folders.joined(separator: ", ")): \(found.otherSchemesText)",
                remedy: "write in the recipe (--recipe FILE) which of them to train on: 'scheme: \(name)'")
        }
        return scheme
    }

    /// Faces to train on, or pictures that the baked samples were made of.
    package var trainCount: Int { train?.count ?? baked?.files.count ?? 0 }

    /// Samples for a network of this configuration.
    ///
    /// Throws `.unusableData` where baked samples are of another side, scheme or number of channels.
    package func source(
        _ recipe: AugmentationRecipe, _ configuration: CascadeConfiguration, seed: UInt64
    ) throws(LandmarkdError) -> any SampleSource {
        if let train {
            return TrainingSampler(
                train, negatives: negatives, hardNegatives: hardNegatives, recipe: recipe, side: configuration.crop,
                seed: seed)
        }
        guard let baked else { preconditionFailure("training data with neither faces nor baked samples") }
        guard
            baked.side == configuration.crop, baked.scheme.name == configuration.scheme,
            baked.channels == 3
        else {
            throw LandmarkdError(
                .unusableData,
                "\(baked.folder): samples of \(baked.side)×\(baked.side)×\(baked.channels), \(baked.scheme.name), where the "
                    + "network takes \(configuration.crop)×\(configuration.crop)×3, "
                    + configuration.scheme,
                remedy: "bake samples for this network, or set crop and scheme in the recipe")
        }
        return baked
    }
}
