import Base
import Evaluation
import FaceTracking
import NeuralNetwork
import Safetensors
import Samples

/// Training a locator.
struct LocatorTask: TrainingTask {
    private let recipe: TrainingRecipe
    private let data: TrainingData
    private let hardPictures = HardPictures()

    init(_ plan: TrainingPlan) { (recipe, data) = (plan.recipe, plan.data) }

    func makeTrainer(
        _ settings: TrainingSettings, from file: SafetensorsFile?, name: String, report: (String) -> Void
    ) throws(LandmarkdError) -> Trainer {
        guard let faces = data.train else {
            throw LandmarkdError(
                .unusableData, "samples baked for a cascade cannot train a locator",
                remedy: "give folders of annotated pictures")
        }
        var model = LocatorModel(recipe.locator, seed: settings.seed)
        if let file { model = try LocatorModel(file, name: name) }
        let sampler = LocatorSampler(
            faces, negatives: data.negatives, hardPictures: hardPictures, recipe: recipe.scenes, seed: settings.seed)
        return Trainer(model, settings, sampler: sampler)
    }

    func mine(_ trainer: Trainer) throws(LandmarkdError) { hardPictures.mine(try averaged(trainer), data.negatives) }

    func validate(_ trainer: Trainer) throws(LandmarkdError) -> TrainingValidation? {
        guard let faces = data.validation else { return nil }
        let evaluator = LocatorEvaluator(try averaged(trainer))
        let pictures = evaluator.missed(in: faces)
        let scenes = evaluator.missed(
            in: LocatorSampler(faces, negatives: data.heldNegatives, recipe: recipe.scenes, seed: 7), count: 400)
        var notes = [
            "validation_missed_percent": decimal(pictures, 3),
            "validation_missed_in_scenes_percent": decimal(scenes, 3),
        ]
        let faceless = data.heldNegatives
        var falseFaces = "no picture without a face to try"
        if !faceless.frames.isEmpty {
            let alarmed = evaluator.alarmed(in: faceless)
            falseFaces = "false faces in \(decimal(alarmed, 2)) % of \(faceless.frames.count) pictures without one"
            notes["validation_false_faces_percent"] = decimal(alarmed, 3)
        }
        return TrainingValidation(
            error: scenes,
            text:
                "\(decimal(pictures, 2)) % of faces missed in their own pictures, \(decimal(scenes, 2)) % in composed scenes; "
                + falseFaces,
            notes: notes)
    }

    var notes: [String: String] {
        [
            "training_sets": data.sets.joined(separator: " "), "version": "1",
            FaceSplit.note: decimal(data.validationShare, 4),
        ]
    }

    func closingNotes(_ trainer: Trainer) throws(LandmarkdError) -> [String: String] { [:] }

    private func averaged(_ trainer: Trainer) throws(LandmarkdError) -> LocatorModel {
        try LocatorModel(Checkpoint.averagedModel(trainer), name: "averaged weights")
    }
}

/// One thread's part of a step that trains a locator.
final class LocatorWorker: TrainingWorker, @unchecked Sendable {  // see `TrainingWorker`
    private let network: LocatorNetwork
    private let loss: LocatorLoss
    private let sampler: LocatorSampler
    private let canvas: PlanarCrop
    private var targets: [LocatorTarget]
    private(set) var files: [String] = []
    private(set) var parts = LossParts()
    private(set) var drawingTime = 0.0

    init(_ model: LocatorModel, images: Int, loss weights: LocatorLoss.Weights, sampler: LocatorSampler) {
        let side = sampler.side
        network = LocatorNetwork(
            model.configuration, .training, batch: images, height: side, width: side, weights: model.weights)
        loss = LocatorLoss(network, weights)
        (self.sampler, canvas) = (sampler, PlanarCrop(side: side))
        let shape = network.cells.shape
        targets = [LocatorTarget](repeating: LocatorTarget(rows: shape.height, columns: shape.width), count: images)
    }

    var graph: Graph { network.graph }
    var faces: Int { targets.reduce(0) { $0 + $1.faces } }

    func draw(first: UInt64) {
        let start = monotonicSeconds()
        files.removeAll(keepingCapacity: true)
        for image in targets.indices {
            files += sampler.makeSample(
                index: first + UInt64(image), into: network.frame.image(image), target: &targets[image], with: canvas)
        }
        drawingTime = monotonicSeconds() - start
    }

    func compute(faces: Int, samples: Int) {
        network.graph.prepare()
        network.graph.forward()
        network.graph.beginBackward()
        parts = loss.addGradients(targets, faces: faces)
        network.graph.backward()
    }
}
