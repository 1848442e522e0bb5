import Base
import Evaluation
import FaceTracking
import NeuralNetwork
import Safetensors
import Samples

/// Training a cascade.
struct CascadeTask: TrainingTask {
    private let recipe: TrainingRecipe
    private let data: TrainingData
    private let fineTuning: FineTuning?

    init(_ plan: TrainingPlan) { (recipe, data, fineTuning) = (plan.recipe, plan.data, plan.fineTuning) }

    func makeTrainer(
        _ settings: TrainingSettings, from file: SafetensorsFile?, name: String, report: (String) -> Void
    ) throws(LandmarkdError) -> Trainer {
        var model = CascadeModel(recipe.model, scheme: data.scheme, seed: settings.seed)
        if let file {
            model = try CascadeModel(file, name: name)
            try checkPoints(of: model, name)
            model = model.described(data.scheme)
        }
        let transfer = file == nil ? fineTuning?.transfer(to: model) : nil
        let source = try data.source(recipe.augmentation, model.configuration, seed: settings.seed)
        if file == nil { setTemplate(model, source) }
        if let fineTuning, let transfer {
            fineTuning.lines(on: transfer, in: model).forEach(report)
            model.notes[TrainingStart.note] =
                "\(fineTuning.name.fileName), \(fineTuning.model.notes["samples_seen"] ?? "0") samples"
        }
        let trainer = Trainer(model, settings, source: source)
        trainer.inherited = transfer?.inherited ?? []
        return trainer
    }

    /// The data's faces have the recipe's points: a model of others cannot be trained on them.
    private func checkPoints(of model: CascadeModel, _ name: String) throws(LandmarkdError) {
        let (kept, wanted) = (model.configuration, recipe.model)
        guard kept.scheme == wanted.scheme, kept.points == wanted.points else {
            throw LandmarkdError(
                .unusableData,
                "\(name): has \(kept.points) points (\(kept.scheme)), the recipe asks for \(wanted.points) (\(wanted.scheme))",
                remedy: "write 'scheme: \(kept.scheme)' in the recipe, or begin a new model without --resume")
        }
    }

    /// Sets the template of a spatial transformer: the mean landmarks in training crops.
    private func setTemplate(_ model: CascadeModel, _ source: any SampleSource) {
        guard let template = model.weights.statistics["cut.template"] else { return }
        let generator = source.makeGenerator()
        let points = template.count / 2
        var crop = [Float](repeating: 0, count: source.side * source.side * source.channels)
        var (sums, faces) = ([Point](repeating: .zero, count: points), 0.0)
        for index in 0..<600 {
            let labels = crop.withUnsafeMutableBufferPointer { generator.makeSample(index: UInt64(index), into: $0) }
            guard labels.presence else { continue }
            for (i, place) in labels.truth.enumerated() { sums[i] += place }
            faces += 1
        }
        guard faces > 0 else { return }
        for (i, sum) in sums.enumerated() {
            (template.values[i], template.values[points + i]) = (Float(sum.x / faces), Float(sum.y / faces))
        }
    }

    func mine(_ trainer: Trainer) throws(LandmarkdError) {
        data.hardNegatives.mine(
            try averaged(trainer), data.negatives, recipe: recipe.augmentation,
            round: recipe.settings.seed &+ UInt64(trainer.samples), threads: recipe.settings.threads)
    }

    /// Mean error in % of the eye distance after each pass, on the held-back faces; and how many % of windows on held-back pictures
    /// without a face are taken for one.
    func validate(_ trainer: Trainer) throws(LandmarkdError) -> TrainingValidation? {
        guard let faces = data.validation else { return nil }
        let model = try averaged(trainer)
        let evaluator = Evaluator(
            model, passes: model.configuration.passes + 1, threads: recipe.settings.threads)
        let errors = evaluator.errors(faces, from: .truth)
        let means = (0..<evaluator.passes).map { ErrorSummary(errors, pass: $0, scheme: faces.scheme).mean }
        let passes = means.map { decimal($0, 2) }.joined(separator: ", ")
        return TrainingValidation(
            error: means[model.configuration.passes - 1],
            text: "validation error \(passes) % of \(faces.scheme.unitName) after each pass, " + mistakes(model),
            notes: ["validation_error_percent": means.map { decimal($0, 3) }.joined(separator: " ")])
    }

    private func mistakes(_ model: CascadeModel) -> String {
        let pictures = data.heldNegatives
        guard !pictures.frames.isEmpty else { return "no picture without a face to try" }
        let held = HardNegatives()
        held.mine(model, pictures, recipe: recipe.augmentation, round: 1, threads: recipe.settings.threads)
        let share = Double(held.count) / Double(pictures.frames.count * HardNegatives.windows)
        return "\(decimal(100 * share, 2)) % of windows without a face taken for one"
    }

    var notes: [String: String] {
        [
            "training_sets": data.sets.joined(separator: " "), "version": "1",
            FaceSplit.note: decimal(data.validationShare, 4),
        ]
    }

    /// The calibration of presence and confidence, fitted on samples of the held-back faces and pictures.
    func closingNotes(_ trainer: Trainer) throws(LandmarkdError) -> [String: String] {
        guard let faces = data.validation else { return [:] }
        let model = try averaged(trainer)
        // As hard as the hardest that users meet: a confidence that is fitted on easy faces claims too much elsewhere.
        var hard = recipe.augmentation
        hard.rarity = max(2, hard.rarity)
        hard.photometry.occluderShare = max(0.4, hard.photometry.occluderShare)
        let sampler = TrainingSampler(
            faces, negatives: data.heldNegatives, recipe: hard, side: model.configuration.crop)
        let samples = judgedSamples(model, sampler, first: 0, count: 4000, threads: recipe.settings.threads)
        return [
            ConfidenceCalibration.key: ConfidenceCalibration(fitting: samples.map(\.whole)).text,
            PointCalibration.key: PointCalibration(fitting: samples).text,
        ]
    }

    private func averaged(_ trainer: Trainer) throws(LandmarkdError) -> CascadeModel {
        try CascadeModel(Checkpoint.averagedModel(trainer), name: "averaged weights")
    }
}

/// One thread's part of a step that trains a cascade.
final class CascadeWorker: TrainingWorker, @unchecked Sendable {  // see `TrainingWorker`
    let network: CascadeNetwork
    private let loss: CascadeLoss
    private let generator: any SampleGenerator
    private var targets: [CascadeTarget] = []
    private(set) var files: [String] = []
    private(set) var parts = LossParts()
    private(set) var drawingTime = 0.0

    init(_ model: CascadeModel, images: Int, loss weights: CascadeLoss.Weights, source: any SampleSource) {
        network = CascadeNetwork(
            model.configuration, .training, batch: images, passes: model.configuration.passes, weights: model.weights)
        loss = CascadeLoss(network, weights)
        generator = source.makeGenerator()
    }

    var graph: Graph { network.graph }
    var faces: Int { targets.count(where: \.presence) }

    func draw(first: UInt64) {
        let start = monotonicSeconds()
        targets.removeAll(keepingCapacity: true)
        files.removeAll(keepingCapacity: true)
        for image in 0..<network.crop.shape.batch {
            let labels = generator.makeSample(index: first + UInt64(image), into: network.crop.image(image))
            network.setPrior(labels.prior, image: image)
            targets.append(
                CascadeTarget(landmarks: labels.truth, presence: labels.presence, isNextFrame: labels.isNextFrame))
            files.append(labels.file)
        }
        drawingTime = monotonicSeconds() - start
    }

    func compute(faces: Int, samples: Int) {
        network.graph.prepare()
        network.graph.forward()
        network.graph.beginBackward()
        parts = loss.addGradients(targets, faces: faces, samples: samples)
        network.graph.backward()
    }
}
