import Base
import NeuralNetwork
import Safetensors

/// The part of a training run that depends on the kind of network.
protocol TrainingTask {
    /// Notes about the training for the model file.
    var notes: [String: String] { get }

    /// Further notes about the trained network, computed once, at the end.
    func closingNotes(_ trainer: Trainer) throws(LandmarkdError) -> [String: String]

    /// A trainer of the recipe's network with first weights, or of the one in `file`. `report` receives lines for users.
    func makeTrainer(
        _ settings: TrainingSettings, from file: SafetensorsFile?, name: String, report: (String) -> Void
    ) throws(LandmarkdError) -> Trainer

    /// Mines hard negatives with the averaged network.
    func mine(_ trainer: Trainer) throws(LandmarkdError)

    /// Evaluates the averaged network on held-back data; nil where there is none.
    func validate(_ trainer: Trainer) throws(LandmarkdError) -> TrainingValidation?
}

/// Result of a validation during training.
package struct TrainingValidation: Sendable {
    /// The number, in %, that the run's table and curves keep.
    package let error: Double
    /// All of them, for readers.
    package let text: String
    /// What the model file keeps.
    package let notes: [String: String]

    package init(error: Double, text: String, notes: [String: String]) {
        (self.error, self.text, self.notes) = (error, text, notes)
    }
}

/// One thread's part of a training step: a share of the batch, with its own network, loss and generator.
///
/// Used by one thread at a time: the trainer's barriers guarantee that, and hand it from the thread that draws to the one that computes.
protocol TrainingWorker: AnyObject, Sendable {
    var graph: Graph { get }
    /// About the last batch: faces in it, the pictures they are from, this thread's share of the mean loss.
    var faces: Int { get }
    var files: [String] { get }
    var parts: LossParts { get }
    /// Seconds of the last step that went into drawing.
    var drawingTime: Double { get }

    /// Draws samples `first`, `first` + 1, … into the network's inputs.
    func draw(first: UInt64)

    /// Forward and backward; leaves the gradient of the whole batch's mean loss, this thread's part, in the graph.
    func compute(faces: Int, samples: Int)
}
