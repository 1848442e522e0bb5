import Base
import NeuralNetwork
import Safetensors

/// What a training run does in a way of its own for each kind of network.
protocol TrainingTask {
    /// What the model file tells of its training.
    var notes: [String: String] { get }

    /// What the model file tells of the trained network besides; found out once, at the end.
    func closingNotes(_ trainer: Trainer) throws(LandmarkdError) -> [String: String]

    /// A trainer of the recipe's network with first weights, or of the one in `file`. `tell` takes lines for users.
    func makeTrainer(
        _ settings: TrainingSettings, from file: SafetensorsFile?, name: String, tell: (String) -> Void
    ) throws(LandmarkdError) -> Trainer

    /// Lets the averaged network look for faces where there are none, to train on its mistakes.
    func mine(_ trainer: Trainer) throws(LandmarkdError)

    /// Judges the averaged network by what training holds back; nil where nothing is.
    func validate(_ trainer: Trainer) throws(LandmarkdError) -> TrainingValidation?
}

/// What came of judging a network in training.
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

/// One thread's part of a training step: its share of the batch, with a network, a loss and a generator of its own.
///
/// Used by one thread at a time: the trainer's barriers see to that, and hand it from the thread that draws to the one that computes.
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
