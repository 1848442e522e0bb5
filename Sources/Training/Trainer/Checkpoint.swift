import Base
import FaceTracking
import Safetensors

/// A run's state as a model file: the averaged weights under their own names, so that any checkpoint is a model, and beside them what
/// training needs to resume. Written atomically.
package struct Checkpoint {
    private static let prefix = "training."

    /// Writes the trainer's state. Throws `.cannotCreate` or `.inputOutput`.
    package static func write(_ trainer: Trainer, notes: [String: String] = [:], to path: String) throws(LandmarkdError)
    {
        var file = averagedModel(trainer, notes: notes)
        file.metadata[prefix + "samples"] = "\(trainer.samples)"
        file.metadata[prefix + "step"] = "\(trainer.optimizer.step)"
        file.metadata[prefix + "seed"] = "\(trainer.settings.seed)"
        for (name, values) in states(trainer) {
            file.tensors.append((prefix + name, [values.count], Array(values)))
        }
        try file.write(to: path, as: .float32)
    }

    /// The averaged weights alone, as they are shipped.
    package static func averagedModel(_ trainer: Trainer, notes: [String: String] = [:]) -> SafetensorsFile {
        var model = trainer.model
        // The calibration, if any, belongs to other weights.
        for key in [ConfidenceCalibration.key, PointCalibration.key] { model.notes[key] = nil }
        model.notes.merge(notes) { $1 }
        model.notes["samples_seen"] = "\(trainer.samplesBefore + trainer.samples)"
        return model.file(
            weights: UnsafeBufferPointer(trainer.average.weights.elements),
            statistics: UnsafeBufferPointer(trainer.average.statistics.elements))
    }

    /// Resumes the run in `file`. False where the file is a model without training state: the run then starts from its weights.
    ///
    /// Throws `.unusableData` where the state does not fit the model.
    package static func restore(_ trainer: Trainer, from file: SafetensorsFile, name: String) throws(LandmarkdError)
        -> Bool
    {
        guard file.metadata[prefix + "samples"] != nil else { return false }
        let fault = LandmarkdError(
            .unusableData, "\(name): the training state does not fit the model",
            remedy: "resume from a checkpoint that 'landmarkd train' wrote")
        guard let samples = file.metadata[prefix + "samples"].flatMap(wholeNumber), 0...1 << 50 ~= samples,
            let step = file.metadata[prefix + "step"].flatMap(wholeNumber), 0...1 << 50 ~= step
        else { throw fault }
        for (name, values) in states(trainer) {
            guard let tensor = file[prefix + name], tensor.values.count == values.count else { throw fault }
            _ = values.update(fromContentsOf: tensor.values)
        }
        trainer.average.load(from: file, model: trainer.model)
        trainer.restore(samples: samples, step: step)
        trainer.samplesBefore -= samples
        return true
    }

    private static func states(_ trainer: Trainer) -> [(String, UnsafeMutableBufferPointer<Float>)] {
        [
            ("weights", trainer.model.weights.trained.elements),
            ("statistics", trainer.model.weights.statistics.elements),
            ("mean", trainer.optimizer.mean.elements),
            ("variance", trainer.optimizer.variance.elements),
        ]
    }
}

extension ExponentialMovingAverage {
    /// Takes the averaged numbers from a checkpoint that its model has already checked.
    func load(from file: SafetensorsFile, model: any TrainableModel) {
        for (parameters, target) in [
            (model.weights.trained.parameters, weights.elements),
            (model.weights.statistics.parameters, statistics.elements),
        ] {
            for parameter in parameters {
                guard let tensor = file[parameter.name] else { continue }
                for (index, value) in zip(parameter.range, tensor.values) { target[index] = value }
            }
        }
    }
}
