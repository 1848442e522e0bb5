import ArgumentParser
import Base
import Training

extension TrainingRecipe.Task: ExpressibleByArgument {}

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a cascade or a locator on annotated pictures.",
        usage: """
            landmarkd train --data <dir> ... --output <model> [--from <model>] [<options>]
            landmarkd train --help-recipe
            """,
        discussion: """
            DIR contains pictures with annotations: annotations.csv, .pts files beside the pictures, WFLW lists, dlib XML, COCO \
            keypoints or HELEN text files; or samples written by 'augment --bake'. Pictures in DIR/negatives show no face. A table or \
            list can also be given itself. --from starts from a trained model, of the same points or of others: a few dozen pictures are \
            then enough. Training writes NAME.checkpoint.safetensors, a log NAME.csv and curves NAME.png beside the \
            model; a checkpoint is a model, too, but without confidence. The same seed and number of threads give the same weights.
            """)

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Folders of pictures with annotations.", valueName: "dir"))
    var data: [String] = []

    @Option(name: [.short, .long], help: ArgumentHelp("File for the trained model.", valueName: "model"))
    var output: String?

    @Option(help: ArgumentHelp("YAML file that configures the network and its training.", valueName: "file"))
    var recipe: String?

    @Flag(help: "List the keys of a recipe with their values, defaults and meaning.")
    var helpRecipe = false

    @Option(help: "Kind of model: landmarks of a face, or a locator of faces in a frame.")
    var task = TrainingRecipe.Task.landmarks

    @Option(
        help: ArgumentHelp(
            "Landmark model to start from, whatever its points; its network is kept.", valueName: "model"))
    var from: String?

    @Flag(help: "Resume from the checkpoint beside the model, or from the weights of the model if there is none.")
    var resume = false

    @Option(help: "Total number of samples. (default: from the recipe, otherwise by the number of faces)")
    var samples: Int?

    @Option(help: "Number of threads.")
    var threads = 2

    @Option(help: "Random seed of weights and samples.")
    var seed: UInt64 = 1

    @Flag(name: .shortAndLong, help: "Say nothing but errors and warnings.")
    var quiet = false

    func validate() throws {
        if helpRecipe { return }
        guard !data.isEmpty else { throw ValidationError("Missing expected argument '--data <dir> ...'") }
        guard output != nil else { throw ValidationError("Missing expected argument '--output <model>'") }
        guard 1...64 ~= threads else { throw ValidationError("--threads must be 1 to 64, not \(threads).") }
        if from != nil, resume { throw ValidationError("--from and --resume exclude each other.") }
        if from != nil, task != .landmarks { throw ValidationError("--from is for --task landmarks.") }
        if let samples, samples < 1 { throw ValidationError("--samples must be 1 or more, not \(samples).") }
    }

    func run() throws {
        if helpRecipe { return print(TrainingRecipe.help) }
        guard let output else { return }
        try requireEnding(of: output, among: ["safetensors"], "models are written as safetensors")
        var recipe =
            try recipe.map { (path) throws(LandmarkdError) in try TrainingRecipe(path: path, task: task) }
            ?? TrainingRecipe(task)
        (recipe.settings.threads, recipe.settings.seed) = (threads, seed)
        if let samples {
            recipe.settings.samples = samples
            recipe.given.insert("samples")
        }
        Interruption.watch(patience: 600)  // a checkpoint is worth waiting for
        let console = Console(title: "train", quiet: quiet)
        let run = TrainingRun(.init(folders: data, output: output, recipe: recipe, resume: resume, from: from))
        let start = monotonicSeconds()
        let trained = try run.run(isStopped: { Interruption.isAsked }, observer: { console.show($0) })
        console.clear()
        console.note("\(output): trained, \(trained) samples, \(duration(monotonicSeconds() - start))")
    }
}

extension Console {
    /// A training run's news.
    func show(_ event: TrainingRun.Event) {
        switch event {
        case .prepared(let faces, let validation, let negatives, let others, let parameters, let before):
            note(
                "\(faces) faces to train on, \(validation) held back, \(negatives) pictures without a face, \(others) faces of "
                    + "other schemes left out; \(parameters) parameters; weights have seen \(before) samples")
        case .warning(let text): warn(text)
        case .note(let text): note(text)
        case .estimated(let samples, let rate, let seconds):
            note("about \(duration(seconds)) for \(samples) samples at \(decimal(rate, 1)) samples/s, plus validation")
        case .busy(let what, let share): progress(share: share) { what }
        case .step(let record):
            progress(share: record.progress) {
                "\(record.samples) samples, loss \(decimal(record.loss.total, 4)), \(decimal(record.samplesPerSecond, 1)) samples/s, "
                    + "\(decimal(record.gigaflops, 1)) GFLOP/s, \(decimal(100 * record.waitShare, 1)) % of the time generating samples"
            }
        case .validated(let samples, let validation): note("\(samples) samples: \(validation.text)")
        }
    }
}

/// "40 s", "12 minutes", "3.5 hours".
private func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: "\(decimal(seconds, 0)) s"
    case ..<5400: "\(decimal(seconds / 60, 0)) minutes"
    default: "\(decimal(seconds / 3600, 1)) hours"
    }
}
