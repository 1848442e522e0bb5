import Base
import CKernels
import Evaluation
import FaceTracking
import Samples

/// Judges the trained networks of a study on the faces that all of them have not seen.
struct StudyJudge {
    private static let passes = 3
    private let faces: FaceSet
    /// Doubts about the data.
    let warnings: [DataWarning]
    private let threads: Int

    init(folders: [String], like recipe: TrainingRecipe, threads: Int) throws(LandmarkdError) {
        let scheme = LandmarkScheme.named(recipe.model.scheme) ?? .ibug68
        let data = try TrainingData(
            folders: folders, scheme: scheme, sets: recipe.sets, validation: recipe.validation)
        guard let faces = data.validation else {
            throw LandmarkdError(
                .unusableData, "study: no face is held back to judge by",
                remedy: "set validation_share in the recipes, or give more pictures")
        }
        (self.faces, self.threads, warnings) = (faces, threads, data.warnings)
    }

    func result(_ variant: StudyRun.Variant) throws(LandmarkdError) -> StudyResult {
        let model = try CascadeModel(path: variant.model)
        let errors = Evaluator(model, passes: Self.passes, threads: threads).errors(faces, from: .truth)
        let last = min(model.configuration.passes, Self.passes) - 1
        let judged = errors.map { JudgedFace(truth: faces.faces[$0.face].points, found: $0.points[last]) }
        return StudyResult(
            name: variant.name, words: variant.words, samples: Int(model.notes["samples_seen"] ?? "") ?? 0,
            parameters: model.weights.trained.parameterCount,
            multiplyAdds: CascadeRunner(model, passes: 1).multiplyAdds(passes: 1),
            samplesPerSecond: Self.rate(of: TrainingPaths(output: variant.model).log), milliseconds: times(model),
            errors: (0..<Self.passes).map { ErrorSummary(errors, pass: $0, scheme: faces.scheme).mean },
            turned: YawClass.classes(of: judged, scheme: faces.scheme).last,
            eyes: OpeningSummary(.eyes, of: judged, scheme: faces.scheme), faces: faces.count)
    }

    /// Median of the log's rates.
    private static func rate(of log: String) -> Double? {
        guard let bytes = try? readFile(log, atMost: 1 << 28) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        guard let column = lines.first?.split(separator: ",").firstIndex(of: "samples_per_s") else { return nil }
        let rates = lines.dropFirst().compactMap { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return column < cells.count ? Double(cells[column]) : nil
        }
        return rates.isEmpty ? nil : rates.sorted()[rates.count / 2]
    }

    /// With AVX2 kernels and with the best that the processor has; the least of many runs, since others may use the machine.
    private func times(_ model: CascadeModel) -> [(kernels: String, value: Double)] {
        let before = lm_level()
        defer { _ = lm_use_level(before) }
        let levels = Set([min(1, lm_best_level()), lm_best_level()]).sorted()
        let runner = CascadeRunner(model, passes: 1)
        let frame = faces.frame(of: 0)
        let map = CropLayout().map(around: faces.faces[0].points, scheme: faces.scheme)
        return levels.map { level in
            _ = lm_use_level(level)
            var least = Double.infinity
            for _ in 0..<40 {
                let start = threadProcessorSeconds()
                runner.sample(frame, map)
                runner.computeFeatures()
                runner.compute(pass: 0)
                least = min(least, threadProcessorSeconds() - start)
            }
            return (String(cString: lm_level_name(level)), 1000 * least)
        }
    }
}
