import Base
import FaceTracking
import NeuralNetwork

/// One thread's part of a training step: its share of the batch, with a network, a loss and a drawer of its own.
///
/// Used by one thread at a time; the trainer hands it from the thread that draws to the one that computes.
final class TrainingThread: @unchecked Sendable {  // the trainer's barriers see to it that one thread has it at a time
    let network: CascadeNetwork
    private let loss: CascadeLoss
    private let drawer: any SampleDrawer
    private var targets: [CascadeTarget] = []
    private(set) var files: [String] = []
    private(set) var parts = CascadeLoss.Parts()
    /// Seconds of the last step that went into drawing.
    private(set) var drawingTime = 0.0

    init(_ model: CascadeModel, images: Int, loss weights: CascadeLoss.Weights, source: any SampleSource) {
        network = CascadeNetwork(
            model.configuration, .training, batch: images, passes: model.configuration.passes, weights: model.weights)
        loss = CascadeLoss(network, weights)
        drawer = source.makeDrawer()
    }

    var faces: Int { targets.count(where: \.presence) }

    /// Draws samples `first`, `first` + 1, … into the network's inputs.
    func draw(first: UInt64) {
        let start = monotonicSeconds()
        targets.removeAll(keepingCapacity: true)
        files.removeAll(keepingCapacity: true)
        let shape = network.crop.shape
        let size = shape.area * shape.channels
        for image in 0..<shape.batch {
            let crop = UnsafeMutableBufferPointer(
                rebasing: network.crop.values.elements[image * size..<(image + 1) * size])
            let labels = drawer.draw(index: first + UInt64(image), into: crop)
            network.setPrior(labels.prior, image: image)
            targets.append(CascadeTarget(landmarks: labels.truth, presence: labels.presence))
            files.append(labels.file)
        }
        drawingTime = monotonicSeconds() - start
    }

    /// Forward and backward; leaves the gradient of the whole batch's mean loss, this thread's part, in the graph.
    func compute(faces: Int, samples: Int) {
        network.graph.prepare()
        network.graph.forward()
        network.graph.beginBackward()
        parts = loss.addGradients(targets, faces: faces, samples: samples)
        network.graph.backward()
    }

    var gradients: UnsafeMutableBufferPointer<Float> { network.graph.gradients!.elements }
}
