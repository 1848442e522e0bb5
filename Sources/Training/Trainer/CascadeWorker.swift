import Base
import FaceTracking
import NeuralNetwork

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
