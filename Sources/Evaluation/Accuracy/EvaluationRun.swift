import Base
import FaceTracking

/// `landmarkd evaluate`: a model on the annotated faces of some folders, set by set, from each kind of start.
package struct EvaluationRun: Sendable {
    /// Which faces are judged.
    package enum Split: String, Sendable, CaseIterable {
        case train
        /// The groups that training holds back.
        case validation
        case test
    }

    package var modelPath: String
    /// Judges what becomes of tracks from wrong landmarks too, where it is given.
    package var locator: LocatorModel?
    package var folders: [String]
    /// Name of the one set to judge; nil for all.
    package var set: String?
    package var split = Split.test
    /// nil: one more than the model was trained with.
    package var passes: Int?
    package var threads = 1
    /// Share of the groups held back, as in the recipe that trained the model.
    package var validationShare = TrainingRecipe().validation

    package init(modelPath: String, folders: [String]) { (self.modelPath, self.folders) = (modelPath, folders) }

    /// One evaluation with what it rests on.
    package struct Result: Sendable {
        package let report: EvaluationReport
        package let faces: FaceSet
        package let errors: [FaceErrors]
        /// After the last pass that the model was trained with, or the last one judged where there are fewer.
        let judged: [JudgedFace]
    }

    /// All evaluations, sets in the order of their names; `progress` is told the number done and of all.
    ///
    /// Throws what readers throw, `.usage` where no face is of that set and split.
    package func run(progress: (Int, Int) -> Void) throws(LandmarkdError) -> [Result] {
        let model = try CascadeModel(path: modelPath)
        let sets = try faceSets(scheme: model.configuration.scheme)
        var evaluator = Evaluator(model, passes: passes ?? model.configuration.passes + 1, threads: threads)
        let total = sets.count * CropStart.allCases.count
        var results: [Result] = []
        let negatives = try heldNegatives()
        for (name, faces) in sets {
            let samples = judgedSamples(model, faces, negatives)
            let reliability = Reliability(samples.map(\.whole), model.calibration)
            let pointReliability = model.pointCalibration.map { Reliability(samples, $0) }
            let recovery = try locator.map { (locator) throws(LandmarkdError) in
                try RecoveryEvaluation(model, locator, faces, faceless: negatives)
            }
            let tracked = try locator.map { (locator) throws(LandmarkdError) in
                try TrackedConfidence(model, locator, faces)
            }
            for start in CropStart.allCases {
                progress(results.count, total)
                evaluator.triesMirrored = start == .truth
                let errors = evaluator.errors(faces, from: start)
                let judged = Self.judgedFaces(errors, faces, model.configuration.passes)
                var report = EvaluationReport(
                    model: modelPath, set: name, split: split.rawValue, start: start, errors, scheme: faces.scheme,
                    reliability: reliability, pointReliability: pointReliability,
                    recovery: start == .otherShape ? recovery : nil,
                    details: start == .truth ? EvaluationDetails(judged, scheme: faces.scheme) : nil)
                if start == .otherShape { report.tracked = tracked }
                results.append(Result(report: report, faces: faces, errors: errors, judged: judged))
            }
        }
        return results
    }

    /// One report on all sets together, from crops by the truth; nil where there are not several.
    package static func summary(of results: [Result]) -> EvaluationReport? {
        let parts = results.filter { $0.report.start == .truth }
        guard parts.count > 1, let first = parts.first else { return nil }
        var reliability = first.report.reliability
        for part in parts.dropFirst() { reliability.add(part.report.reliability) }
        return EvaluationReport(
            model: first.report.model, set: "all", split: first.report.split, start: .truth,
            parts.flatMap(\.errors), scheme: first.faces.scheme, reliability: reliability,
            details: EvaluationDetails(parts.flatMap(\.judged), scheme: first.faces.scheme))
    }

    private static func judgedFaces(_ errors: [FaceErrors], _ faces: FaceSet, _ passes: Int) -> [JudgedFace] {
        errors.map { error in
            let pass = min(passes, error.points.count) - 1
            return JudgedFace(
                truth: faces.faces[error.face].points, found: error.points[pass], mirrored: error.mirrored?[pass])
        }
    }

    /// The pictures without faces that training holds back.
    func heldNegatives() throws(LandmarkdError) -> PictureSet {
        var sets: [PictureSet] = []
        for folder in folders { sets.append(try PictureSet.negatives(folder: folder)) }
        let split = FaceSplit(validation: validationShare)
        return PictureSet(joining: sets).filter { split.isHeldBack($0) }
    }

    private func judgedSamples(
        _ model: CascadeModel, _ faces: FaceSet, _ negatives: PictureSet
    ) -> [JudgedSample] {
        let sampler = TrainingSampler(
            faces, negatives: negatives, recipe: .tracking, side: model.configuration.crop, seed: 9)
        return Training.judgedSamples(model, sampler, first: 0, count: 3000, threads: threads)
    }

    func faceSets(scheme name: String) throws(LandmarkdError) -> [(name: String, faces: FaceSet)] {
        var sets: [(name: String, faces: FaceSet)] = []
        let chosen = try annotations(scheme: name)
        for (name, faces) in Dictionary(grouping: chosen, by: \.set).sorted(by: { $0.key < $1.key }) {
            sets.append((name, try FaceSet(faces)))
        }
        return sets
    }

    /// At most `count` faces of the sets and the split, spread evenly over all of them.
    package func someFaces(_ count: Int, scheme: String) throws(LandmarkdError) -> FaceSet {
        let all = try annotations(scheme: scheme)
        return try FaceSet((0..<min(count, all.count)).map { all[$0 * all.count / min(count, all.count)] })
    }

    private func annotations(scheme name: String) throws(LandmarkdError) -> [AnnotatedFace] {
        guard let scheme = LandmarkScheme.named(name) else {
            throw LandmarkdError(
                .unusableData, "\(modelPath): scheme '\(name)' is not known", remedy: "judge a model of a known scheme")
        }
        var found: [AnnotatedFace] = []
        for folder in folders { found += try readAnnotations(folder: folder, scheme: scheme).faces }
        let chosen = faces(found).filter { set == nil || $0.set == set }
        guard !chosen.isEmpty else {
            let known = Set(faces(found).map(\.set)).sorted().joined(separator: ", ")
            throw LandmarkdError(
                .usage, "no \(split.rawValue) faces\(set.map { " of set '\($0)'" } ?? "") with \(scheme.count) points",
                remedy: known.isEmpty ? "choose another --split" : "choose one of the sets \(known)")
        }
        return chosen
    }

    private func faces(_ all: [AnnotatedFace]) -> [AnnotatedFace] {
        switch split {
        case .train: FaceSplit(validation: validationShare)(all).train
        case .validation: FaceSplit(validation: validationShare)(all).validation
        case .test: all.filter { $0.split == .test }
        }
    }
}
