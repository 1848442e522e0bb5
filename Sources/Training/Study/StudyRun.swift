import Base
import CKernels
import Capture
import Evaluation
import FaceTracking
import Samples

/// `landmarkd study`: trains the networks of a folder of recipes on equally many samples and evaluates them on the same faces.
package struct StudyRun {
    package struct Options: Sendable {
        package var folders: [String]
        /// Folder of recipes, NAME.yaml each.
        package var recipes: String
        /// Folder for the trained networks and their logs, with a slash at the end.
        package var output: String
        /// Names of the recipes to train; empty: all.
        package var only: [String] = []
        /// Instead of the recipes' own numbers.
        package var samples: Int?
        package var threads = 1
        /// False: what is not trained yet is left out.
        package var trains = true

        package init(folders: [String], recipes: String, output: String) {
            (self.folders, self.recipes, self.output) = (folders, recipes, output)
        }
    }

    package enum Event: Sendable {
        /// Number of the variant, from 1, and of all.
        case variant(String, number: Int, of: Int)
        case training(TrainingRun.Event)
        case judging
        /// A warning about the data that no training has reported, in one line.
        case warning(String)
    }

    /// A recipe of the study.
    struct Variant: Sendable {
        let name: String
        /// The recipe's first comment.
        let words: String
        let recipe: TrainingRecipe
        let model: String
    }

    private let options: Options

    package init(_ options: Options) { self.options = options }

    /// Trains what is not trained yet, then evaluates all; an interrupted run is resumed.
    ///
    /// Throws what training throws; `.wrongSettings` where recipes hold back different faces; `.noInput` where there is no recipe.
    package func run(isStopped: () -> Bool, observer: (Event) -> Void) throws(LandmarkdError) -> [StudyResult] {
        let variants = try variants()
        var hasTrained = false
        for (index, variant) in variants.enumerated() where options.trains {
            observer(.variant(variant.name, number: index + 1, of: variants.count))
            guard !isTrained(variant) else { continue }
            try train(variant, isStopped: isStopped) { observer(.training($0)) }
            hasTrained = true
        }
        observer(.judging)
        let trained = variants.filter(isTrained)
        guard let first = trained.first else { return [] }
        let judge = try StudyJudge(folders: options.folders, like: first.recipe, threads: options.threads)
        for line in judge.warnings.lines where !hasTrained { observer(.warning(line)) }
        var results: [StudyResult] = []
        for variant in trained { results.append(try judge.result(variant)) }
        return results
    }

    private func variants() throws(LandmarkdError) -> [Variant] {
        let files = try filesInTree(options.recipes).filter { $0.hasSuffix(".yaml") && !$0.contains("/") }.sorted()
        var variants: [Variant] = []
        for file in files {
            let name = String(file.dropLast(5))
            guard options.only.isEmpty || options.only.contains(name) else { continue }
            let path = options.recipes + "/" + file
            var recipe = try TrainingRecipe(path: path)
            recipe.settings.threads = options.threads
            if let samples = options.samples { recipe.settings.samples = samples }
            let text = String(decoding: try readFile(path, atMost: 1 << 20), as: UTF8.self)
            let comment = text.split(separator: "\n").first { $0.hasPrefix("#") }
            variants.append(
                Variant(
                    name: name, words: comment.map { String($0.drop { "# ".contains($0) }) } ?? name, recipe: recipe,
                    model: options.output + name + ".safetensors"))
        }
        guard let first = variants.first else {
            throw LandmarkdError(
                .noInput, "\(options.recipes): no recipe\(options.only.isEmpty ? "" : " of these names")",
                remedy: "name a folder with files such as wide.yaml")
        }
        if let other = variants.first(where: { $0.recipe.validation != first.recipe.validation }) {
            throw LandmarkdError(
                .wrongSettings, "\(other.name).yaml: validation_share is not as in \(first.name).yaml",
                remedy:
                    "hold back the same faces in all recipes: a face that one was trained on cannot evaluate another")
        }
        return variants
    }

    /// Whether the model file holds this network, trained for as many samples.
    private func isTrained(_ variant: Variant) -> Bool {
        guard isReadable(variant.model), let model = try? CascadeModel(path: variant.model) else { return false }
        let seen = Int(model.notes["samples_seen"] ?? "") ?? 0
        return model.configuration == variant.recipe.model && seen >= variant.recipe.settings.samples
    }

    private func train(
        _ variant: Variant, isStopped: () -> Bool, observer: (TrainingRun.Event) -> Void
    ) throws(LandmarkdError) {
        let paths = TrainingPaths(output: variant.model)
        let run = TrainingRun(
            .init(
                folders: options.folders, output: variant.model, recipe: variant.recipe,
                resume: isReadable(paths.checkpoint)))
        try run.run(isStopped: isStopped, observer: observer)
    }
}

/// Evaluates the trained networks of a study on faces that none of them has seen.
struct StudyJudge {
    private static let passes = 3
    private let faces: FaceSet
    /// Warnings about the data.
    let warnings: [DataWarning]
    private let threads: Int

    init(folders: [String], like recipe: TrainingRecipe, threads: Int) throws(LandmarkdError) {
        let scheme = LandmarkScheme.named(recipe.model.scheme) ?? .ibug68
        let data = try TrainingData(
            folders: folders, scheme: scheme, sets: recipe.sets, validation: recipe.validation)
        guard let faces = data.validation else {
            throw LandmarkdError(
                .unusableData, "study: no face is held back for validation",
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
        let frameFromCrop = CropLayout().frameFromCrop(around: faces.faces[0].points, scheme: faces.scheme)
        return levels.map { level in
            _ = lm_use_level(level)
            var least = Double.infinity
            for _ in 0..<40 {
                let start = threadProcessorSeconds()
                runner.sample(frame, frameFromCrop)
                runner.computeFeatures()
                runner.compute(pass: 0)
                least = min(least, threadProcessorSeconds() - start)
            }
            return (String(cString: lm_level_name(level)), 1000 * least)
        }
    }
}
