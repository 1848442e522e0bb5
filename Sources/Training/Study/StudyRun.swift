import Base
import Capture
import FaceTracking
import Samples

/// `landmarkd study`: trains the networks of a folder of recipes for equal samples and judges them on the same faces.
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
        /// A doubt about the data that no training has told, in one line.
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

    /// Trains what is not trained yet, then judges all; a run that was interrupted goes on where it was.
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
                remedy: "hold back the same faces in all recipes: what one has trained on cannot judge another")
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
