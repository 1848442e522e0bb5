import Base
import FaceTracking
import NeuralNetwork

/// A whole training run: data, trainer, validation, log, checkpoints, and the model at the end.
public struct TrainingRun {
    public struct Options: Sendable {
        public var folders: [String]
        /// Where the trained model goes. Beside it lie NAME.checkpoint.safetensors, NAME.csv and NAME.png while it is trained.
        public var output: String
        public var recipe: TrainingRecipe
        /// Go on from the checkpoint beside `output`, or from `output`'s weights alone where there is none.
        public var resume: Bool

        public init(
            folders: [String], output: String, recipe: TrainingRecipe, resume: Bool = false
        ) {
            (self.folders, self.output, self.recipe) = (folders, output, recipe)
            self.resume = resume
        }
    }

    /// What a run tells while it goes on.
    public enum Event: Sendable {
        case prepared(
            faces: Int, validation: Int, negatives: Int, otherSchemes: Int, parameters: Int, samplesBefore: Int)
        case step(TrainingRecord)
        /// Mean error in % after each pass, on the held-back faces; and how many % of windows on held-back pictures without a face are
        /// taken for one.
        case validated(samples: Int, errors: [Double], mistaken: Double)
    }

    private let options: Options
    private let paths: TrainingPaths

    public init(_ options: Options) {
        self.options = options
        paths = TrainingPaths(output: options.output)
    }

    /// Trains until all samples are seen or `isStopped` says so; then a checkpoint is kept and `.interrupted` thrown.
    public func run(
        isStopped: () -> Bool, observer: (Event) -> Void
    ) throws(LandmarkdError) {
        let recipe = options.recipe
        let scheme = LandmarkScheme.named(recipe.model.scheme) ?? .ibug68
        let data = try TrainingData(
            folders: options.folders, scheme: scheme, sets: recipe.sets, validation: recipe.validation)
        let trainer = try makeTrainer(data)
        observer(
            .prepared(
                faces: data.trainCount, validation: data.validation?.count ?? 0,
                negatives: data.negatives.frames.count,
                otherSchemes: data.otherSchemes, parameters: trainer.model.weights.trained.parameterCount,
                samplesBefore: trainer.samplesBefore + trainer.samples))
        var log = try TrainingLog(path: paths.log, appending: trainer.samples > 0)
        try train(trainer, data, &log, isStopped: isStopped, observer: observer)
        let errors = try validate(trainer, data, &log, observer: observer)
        var notes = notes(data, errors)
        if let calibration = try calibration(trainer, data) { notes[ConfidenceCalibration.key] = calibration.text }
        try Checkpoint.averagedModel(trainer, notes: notes).write(to: options.output, as: .float16)
    }

    /// Fitted on samples of the held-back faces and pictures.
    private func calibration(_ trainer: Trainer, _ data: TrainingData) throws(LandmarkdError) -> ConfidenceCalibration?
    {
        guard let faces = data.validation else { return nil }
        let model = try CascadeModel(Checkpoint.averagedModel(trainer), name: "averaged weights")
        let sampler = TrainingSampler(
            faces, negatives: data.heldNegatives, recipe: options.recipe.augmentation, side: model.configuration.crop)
        let samples = judgedSamples(
            model, sampler, first: 0, count: 4000, threads: options.recipe.settings.threads)
        return ConfidenceCalibration(fitting: samples)
    }

    private func train(
        _ trainer: Trainer, _ data: TrainingData, _ log: inout TrainingLog, isStopped: () -> Bool,
        observer: (Event) -> Void
    ) throws(LandmarkdError) {
        var meter = RateMeter()
        var saved = monotonicSeconds()
        if trainer.samples + trainer.samplesBefore > 0 { try mine(trainer, data) }
        let interval = options.recipe.settings.validationInterval
        while !trainer.isDone {
            let step = try trainer.step()
            if let record = meter.take(step, trainer) {
                try log.write(record)
                observer(.step(record))
            }
            let isDue = step.samples / interval != (step.samples - options.recipe.settings.batch) / interval
            if isDue, !trainer.isDone {
                _ = try validate(trainer, data, &log, observer: observer)
                try mine(trainer, data)
            }
            if monotonicSeconds() - saved > options.recipe.settings.checkpointInterval || isStopped() {
                try Checkpoint.write(trainer, notes: notes(data, []), to: paths.checkpoint)
                saved = monotonicSeconds()
            }
            guard !isStopped() else {
                throw LandmarkdError(
                    .interrupted, "training: interrupted after \(step.samples) samples; kept in \(paths.checkpoint)",
                    remedy: "go on with --resume")
            }
        }
    }

    /// Lets the averaged network look for faces where there are none.
    private func mine(_ trainer: Trainer, _ data: TrainingData) throws(LandmarkdError) {
        let model = try CascadeModel(Checkpoint.averagedModel(trainer), name: "averaged weights")
        let settings = options.recipe.settings
        data.hardNegatives.mine(
            model, data.negatives, recipe: options.recipe.augmentation, round: settings.seed &+ UInt64(trainer.samples),
            threads: settings.threads)
    }

    /// A trainer at the start, or where the checkpoint or the weights of an earlier run left off.
    private func makeTrainer(_ data: TrainingData) throws(LandmarkdError) -> Trainer {
        let recipe = options.recipe
        var settings = recipe.settings
        settings.batch = max(settings.threads, settings.batch / settings.threads * settings.threads)
        let file = options.resume ? try SafetensorsFile(path: paths.resumed) : nil
        var model = CascadeModel(recipe.model, seed: settings.seed)
        if let file { model = try CascadeModel(file, name: paths.resumed) }
        let source = try data.source(recipe.augmentation, model.configuration, seed: recipe.settings.seed)
        let trainer = Trainer(model, settings, source: source)
        if let file { _ = try Checkpoint.restore(trainer, from: file, name: paths.resumed) }
        return trainer
    }

    private func validate(
        _ trainer: Trainer, _ data: TrainingData, _ log: inout TrainingLog, observer: (Event) -> Void
    ) throws(LandmarkdError) -> [Double] {
        guard let faces = data.validation else { return [] }
        let model = try CascadeModel(Checkpoint.averagedModel(trainer), name: "averaged weights")
        let evaluator = Evaluator(
            model, passes: model.configuration.passes + 1, threads: options.recipe.settings.threads)
        let errors = evaluator.errors(faces, from: .truth)
        let means = (0..<evaluator.passes).map { ErrorSummary(errors, pass: $0, scheme: faces.scheme).mean }
        let held = HardNegatives()
        held.mine(
            model, data.heldNegatives, recipe: options.recipe.augmentation, round: 1,
            threads: options.recipe.settings.threads)
        let tried = data.heldNegatives.frames.count * HardNegatives.windows
        let mistaken = tried > 0 ? 100 * Double(held.count) / Double(tried) : 0
        try log.write(samples: trainer.samples, validation: means)
        try log.drawCurves(to: paths.curves)
        observer(.validated(samples: trainer.samples, errors: means, mistaken: mistaken))
        return means
    }

    private func notes(_ data: TrainingData, _ errors: [Double]) -> [String: String] {
        var notes = ["training_sets": data.sets.joined(separator: " "), "version": "1"]
        if let scheme = LandmarkScheme.named(options.recipe.model.scheme) {
            if let pair = scheme.normalizer { notes["normalizer"] = "\(pair.first) \(pair.second)" }
            if let mirror = scheme.mirror { notes["mirror"] = mirror.map { "\($0)" }.joined(separator: " ") }
        }
        if !errors.isEmpty {
            notes["validation_error_percent"] = errors.map { decimal($0, 3) }.joined(separator: " ")
        }
        return notes
    }
}

/// Files of a run, named after the model.
struct TrainingPaths {
    let output: String
    private var stem: String { output.hasSuffix(".safetensors") ? String(output.dropLast(12)) : output }

    var checkpoint: String { stem + ".checkpoint.safetensors" }
    var log: String { stem + ".csv" }
    var curves: String { stem + ".png" }
    /// The checkpoint where there is one, else the model.
    var resumed: String { isReadable(checkpoint) ? checkpoint : output }
}
