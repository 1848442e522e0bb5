import Base
import FaceTracking
import Samples
import Synchronization

/// `landmarkd evaluate`: evaluates a model on the annotated faces of some folders, set by set, from each kind of start.
package struct EvaluationRun: Sendable {
    /// Which faces are evaluated.
    package enum Split: String, Sendable, CaseIterable {
        case train
        /// The groups that training holds back.
        case validation
        case test
    }

    package var modelPath: String
    /// If given, tracks from wrong landmarks are evaluated too.
    package var locator: LocatorModel?
    package var folders: [String]
    /// Name of the one set to evaluate; nil for all.
    package var set: String?
    package var split = Split.test
    /// nil: one more than the model was trained with.
    package var passes: Int?
    package var threads = 1
    /// Share of the groups held back where the model does not say which its training held back.
    package var validationShare = FaceSplit.shippedShare

    /// Receives warnings about the annotations.
    package var warn: @Sendable ([DataWarning]) -> Void = { _ in }

    package init(modelPath: String, folders: [String]) { (self.modelPath, self.folders) = (modelPath, folders) }

    /// One evaluation with its data.
    package struct Result: Sendable {
        package let report: EvaluationReport
        package let faces: FaceSet
        package let errors: [FaceErrors]
        /// After the last pass that the model was trained with, or the last one judged where there are fewer.
        let judged: [JudgedFace]
    }

    /// All evaluations, sets in the order of their names; `progress` receives the share done, 0…1, and what is being done, from
    /// several threads.
    ///
    /// Throws what readers throw, `.usage` where no face is of that set and split.
    package func run(
        progress: @escaping @Sendable (Double, String) -> Void
    ) throws(LandmarkdError) -> [Result] {
        progress(0, "reading pictures")
        let model = try CascadeModel(path: modelPath)
        var run = self
        if let share = model.notes[FaceSplit.note].flatMap(decimalNumber), 0...1 ~= share {
            run.validationShare = share
        }
        return try run.judge(model, progress)
    }

    private func judge(
        _ model: CascadeModel, _ progress: @escaping @Sendable (Double, String) -> Void
    ) throws(LandmarkdError) -> [Result] {
        let sets = try faceSets(scheme: model.scheme)
        var evaluator = Evaluator(model, passes: passes ?? model.configuration.passes + 1, threads: threads)
        var results: [Result] = []
        let negatives = try heldNegatives()
        let meter = WorkMeter(total: sets.reduce(0) { $0 + pieces($1.faces, negatives) }, progress)
        for (name, faces) in sets {
            meter.begin("\(name): confidence on \(sampleCount(faces)) samples")
            let samples = model.isCalibrated ? judgedSamples(model, faces, negatives, meter) : []
            let reliability = model.isCalibrated ? Reliability(samples.map(\.whole), model.calibration) : nil
            let pointReliability = model.pointCalibration.map { Reliability(samples, $0) }
            meter.begin("\(name): tracks from wrong landmarks")
            let recovery = try locator.map { (locator) throws(LandmarkdError) in
                try RecoveryEvaluation(model, locator, faces, faceless: negatives) { meter.advance() }
            }
            let tracked =
                try model.isCalibrated
                ? locator.map { (locator) throws(LandmarkdError) in try TrackedConfidence(model, locator, faces) } : nil
            for start in CropStart.allCases {
                meter.begin("\(name): \(start.words)")
                evaluator.triesMirrored = start == .truth
                let errors = evaluator.errors(faces, from: start) { meter.advance() }
                let judged = Self.judgedFaces(errors, faces, model.configuration.passes)
                var report = EvaluationReport(
                    model: modelPath, set: name, split: split.rawValue, start: start, errors, scheme: faces.scheme)
                (report.reliability, report.pointReliability) = (reliability, pointReliability)
                if start == .truth { report.details = EvaluationDetails(judged, scheme: faces.scheme) }
                if start == .otherShape { (report.recovery, report.tracked) = (recovery, tracked) }
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
        for part in parts.dropFirst() { if let more = part.report.reliability { reliability?.add(more) } }
        var report = EvaluationReport(
            model: first.report.model, set: "all", split: first.report.split, start: .truth,
            parts.flatMap(\.errors), scheme: first.faces.scheme)
        report.reliability = reliability
        report.details = EvaluationDetails(parts.flatMap(\.judged), scheme: first.faces.scheme)
        return report
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

    /// Samples that confidence is judged on.
    private func sampleCount(_ faces: FaceSet) -> Int { judgedSampleCount(faces: faces.count, most: 3000) }

    /// Number of work items of a set.
    private func pieces(_ faces: FaceSet, _ negatives: PictureSet) -> Int {
        let recovery = locator == nil ? 0 : 3 * faces.count + RecoveryEvaluation.placesAPicture * negatives.frames.count
        return sampleCount(faces) + recovery + CropStart.allCases.count * faces.count
    }

    private func judgedSamples(
        _ model: CascadeModel, _ faces: FaceSet, _ negatives: PictureSet, _ meter: WorkMeter
    ) -> [JudgedSample] {
        let sampler = TrainingSampler(
            faces, negatives: negatives, recipe: .tracking, side: model.configuration.crop, seed: 9)
        return Evaluation.judgedSamples(model, sampler, first: 0, count: sampleCount(faces), threads: threads) {
            meter.advance()
        }
    }

    func faceSets(scheme: LandmarkScheme) throws(LandmarkdError) -> [(name: String, faces: FaceSet)] {
        var sets: [(name: String, faces: FaceSet)] = []
        let chosen = try annotations(scheme: scheme)
        for (name, faces) in Dictionary(grouping: chosen, by: \.set).sorted(by: { $0.key < $1.key }) {
            if let set = try measurable(faces, scheme) { sets.append((name, set)) }
        }
        return sets
    }

    /// At most `count` faces of the sets and the split, spread evenly over all of them.
    package func someFaces(_ count: Int, scheme: LandmarkScheme) throws(LandmarkdError) -> FaceSet {
        let all = try annotations(scheme: scheme)
        let chosen = (0..<min(count, all.count)).map { all[$0 * all.count / min(count, all.count)] }
        guard let set = try measurable(chosen, scheme) else {
            throw LandmarkdError(
                .unusableData,
                "\(folders.joined(separator: ", ")): \(scheme.unitName) has no length in any chosen face",
                remedy: "correct these points, or choose two points that lie apart as the model's unit")
        }
        return set
    }

    /// The faces whose errors can be measured; of the others, and of other doubts, it warns. Nil where none is left.
    private func measurable(_ faces: [AnnotatedFace], _ scheme: LandmarkScheme) throws(LandmarkdError) -> FaceSet? {
        var set = try FaceSet(faces)
        set.describe(scheme)
        let (measurable, doubts) = set.withUnit()
        warn(set.warnings + doubts)
        return measurable
    }

    private func annotations(scheme: LandmarkScheme) throws(LandmarkdError) -> [AnnotatedFace] {
        var found = Annotations()
        for folder in folders { found += try readAnnotations(folder: folder, scheme: scheme) }
        let chosen = faces(found.faces).filter { set == nil || $0.set == set }
        guard !chosen.isEmpty else { throw noFaces(found, scheme) }
        warn(found.warnings)
        return chosen
    }

    /// Error of a run without a face to judge: what was found, and what to write.
    private func noFaces(_ found: Annotations, _ scheme: LandmarkScheme) -> LandmarkdError {
        let what = "no \(split.rawValue) faces\(set.map { " of set '\($0)'" } ?? "") with \(scheme.count) points"
        if found.faces.isEmpty, found.otherSchemes > 0 {
            return LandmarkdError(
                .usage, "\(what) (\(scheme.name)): \(found.otherSchemesText)",
                remedy: "give a model of those points as --model")
        }
        let known = Set(faces(found.faces).map(\.set)).sorted().joined(separator: ", ")
        let counts = Split.allCases.map { split in
            var run = self
            run.split = split
            return "\(run.faces(found.faces).count) \(split.rawValue)"
        }
        return LandmarkdError(
            .usage, "\(what); faces of all sets: \(counts.joined(separator: ", "))",
            remedy: known.isEmpty ? "choose another --split" : "choose one of the sets \(known)")
    }

    private func faces(_ all: [AnnotatedFace]) -> [AnnotatedFace] {
        switch split {
        case .train: FaceSplit(validation: validationShare)(all).train
        case .validation: FaceSplit(validation: validationShare)(all).validation
        case .test: all.filter { $0.split == .test }
        }
    }
}

/// Counts finished pieces of a long task, from any thread, and reports progress.
final class WorkMeter: Sendable {
    /// Receives the share done, 0…1, and what is being done.
    typealias Observer = @Sendable (_ share: Double, _ detail: String) -> Void

    private let done = Atomic(0)
    private let detail = Mutex("")
    private let total: Int
    private let observer: Observer

    init(total: Int, _ observer: @escaping Observer) { (self.total, self.observer) = (max(1, total), observer) }

    /// Names what the next items belong to.
    func begin(_ detail: String) {
        self.detail.withLock { $0 = detail }
        advance(by: 0)
    }

    func advance(by pieces: Int = 1) {
        let now = done.add(pieces, ordering: .relaxed).newValue
        observer(min(1, Double(now) / Double(total)), detail.withLock { $0 })
    }
}
