import Base
import Safetensors
import Samples

/// A whole training run: data, trainer, validation, log, checkpoints, and the model at the end.
package struct TrainingRun {
    package struct Options: Sendable {
        package var folders: [String]
        /// Where the trained model goes. Beside it lie NAME.checkpoint.safetensors, NAME.csv and NAME.png while it is trained.
        package var output: String
        package var recipe: TrainingRecipe
        /// Resume from the checkpoint beside `output`, or from the weights of `output` where there is none.
        package var resume: Bool
        /// A model of landmarks to start from, of the same ones or of others; not together with `resume`.
        package var from: String?

        package init(
            folders: [String], output: String, recipe: TrainingRecipe, resume: Bool = false, from: String? = nil
        ) {
            (self.folders, self.output, self.recipe) = (folders, output, recipe)
            (self.resume, self.from) = (resume, from)
        }
    }

    /// What a run reports while it proceeds.
    package enum Event: Sendable {
        case prepared(
            faces: Int, validation: Int, negatives: Int, otherSchemes: Int, parameters: Int, samplesBefore: Int)
        /// A warning about the data, in one line.
        case warning(String)
        /// A decision that the recipe left open, in one line.
        case note(String)
        /// Estimated seconds for the rest of the run, after the first steps were timed.
        case estimated(samples: Int, samplesPerSecond: Double, seconds: Double)
        /// Something other than a step takes a while.
        case busy(String, progress: Double)
        case step(TrainingRecord)
        case validated(samples: Int, TrainingValidation)
    }

    private let options: Options
    private let paths: TrainingPaths

    package init(_ options: Options) {
        self.options = options
        paths = TrainingPaths(output: options.output)
    }

    /// Trains until all samples are seen or `isStopped` says so; then a checkpoint is kept and `.interrupted` thrown.
    ///
    /// - Returns: samples of the run.
    @discardableResult
    package func run(
        isStopped: () -> Bool, observer: (Event) -> Void
    ) throws(LandmarkdError) -> Int {
        let start = try TrainingStart(options, paths)
        let plan = try TrainingPlan(options, start)
        for line in plan.warnings { observer(.warning(line)) }
        for line in plan.notes { observer(.note(line)) }
        let data = plan.data
        let task: any TrainingTask = plan.recipe.task == .landmarks ? CascadeTask(plan) : LocatorTask(plan)
        let trainer = try makeTrainer(task, plan) { observer(.note($0)) }
        observer(
            .prepared(
                faces: data.trainCount, validation: data.validation?.count ?? 0,
                negatives: data.negatives.frames.count,
                otherSchemes: data.otherSchemes, parameters: trainer.model.weights.trained.parameterCount,
                samplesBefore: trainer.samplesBefore + trainer.samples))
        var log = try TrainingLog(path: paths.log, appending: trainer.samples > 0)
        try train(trainer, task, &log, isStopped: isStopped, observer: observer)
        let validation = try validate(trainer, task, &log, observer: observer)
        if data.validation != nil { observer(.busy("calibrating confidence on held-back faces", progress: 1)) }
        var notes = task.notes.merging(validation?.notes ?? [:]) { $1 }
        notes.merge(try task.closingNotes(trainer)) { $1 }
        try Checkpoint.averagedModel(trainer, notes: notes).write(to: options.output, as: .float16)
        return trainer.samples
    }

    private func train(
        _ trainer: Trainer, _ task: any TrainingTask, _ log: inout TrainingLog, isStopped: () -> Bool,
        observer: (Event) -> Void
    ) throws(LandmarkdError) {
        var meter = RateMeter()
        var saved = monotonicSeconds()
        if trainer.samples + trainer.samplesBefore > 0 { try mine(trainer, task, observer) }
        let (interval, checkpoints) = (trainer.settings.validationInterval, trainer.settings.checkpointInterval)
        // Looking through a thousand pictures takes as long as training on ten thousand samples.
        let miningInterval = max(interval, TrainingSettings().validationInterval)
        var isEstimated = false
        while !trainer.isDone {
            let step = try trainer.step()
            if let record = meter.take(step, trainer) {
                try log.write(record)
                observer(.step(record))
                if !isEstimated, !trainer.isDone { observer(.estimated(trainer, record)) }
                isEstimated = true
            }
            if trainer.hasPassed(interval), !trainer.isDone {
                _ = try validate(trainer, task, &log, observer: observer)
                if trainer.hasPassed(miningInterval) { try mine(trainer, task, observer) }
            }
            if monotonicSeconds() - saved > checkpoints || isStopped() {
                try Checkpoint.write(trainer, notes: task.notes, to: paths.checkpoint)
                saved = monotonicSeconds()
            }
            guard !isStopped() else {
                throw LandmarkdError(
                    .interrupted, "training: interrupted after \(step.samples) samples; kept in \(paths.checkpoint)",
                    remedy: "continue with --resume")
            }
        }
    }

    /// A trainer at the start, or where the checkpoint or the weights of an earlier run left off.
    private func makeTrainer(
        _ task: any TrainingTask, _ plan: TrainingPlan, report: (String) -> Void
    ) throws(LandmarkdError) -> Trainer {
        var settings = plan.recipe.settings
        settings.batch = max(settings.threads, settings.batch / settings.threads * settings.threads)
        guard case .resumed(let file, let name) = plan.start else {
            return try task.makeTrainer(settings, from: nil, name: options.output, report: report)
        }
        let trainer = try task.makeTrainer(settings, from: file, name: name, report: report)
        _ = try Checkpoint.restore(trainer, from: file, name: name)
        return trainer
    }

    private func mine(
        _ trainer: Trainer, _ task: any TrainingTask, _ observer: (Event) -> Void
    ) throws(LandmarkdError) {
        observer(.busy("looking for faces in pictures without one", progress: trainer.progress))
        try task.mine(trainer)
    }

    private func validate(
        _ trainer: Trainer, _ task: any TrainingTask, _ log: inout TrainingLog, observer: (Event) -> Void
    ) throws(LandmarkdError) -> TrainingValidation? {
        observer(.busy("validating on held-back faces", progress: trainer.progress))
        guard let validation = try task.validate(trainer) else { return nil }
        try log.write(samples: trainer.samples, validation: validation.error)
        try log.drawCurves(to: paths.curves)
        observer(.validated(samples: trainer.samples, validation))
        return validation
    }
}

extension Trainer {
    /// Whether the last step passed a multiple of `interval` samples.
    fileprivate func hasPassed(_ interval: Int) -> Bool { samples / interval != (samples - settings.batch) / interval }
}

extension TrainingRun.Event {
    /// Remaining time of a run, by the rate of its last steps.
    fileprivate static func estimated(_ trainer: Trainer, _ record: TrainingRecord) -> Self {
        let left = max(0, trainer.settings.samples - trainer.samples)
        return .estimated(
            samples: left, samplesPerSecond: record.samplesPerSecond,
            seconds: Double(left) / max(1e-3, record.samplesPerSecond))
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
