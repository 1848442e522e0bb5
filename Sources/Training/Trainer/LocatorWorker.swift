import Base
import FaceTracking
import NeuralNetwork

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
