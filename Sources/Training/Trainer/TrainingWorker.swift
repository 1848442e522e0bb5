import NeuralNetwork

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
