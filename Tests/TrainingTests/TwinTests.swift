import FaceTracking
import Glibc
import NeuralNetwork
import Safetensors
import TestSupport
import Testing

@testable import Samples
@testable import Training

private let folder = getenv("LANDMARKD_TWIN").map { String(cString: $0) }

/// Writes weights, inputs, outputs and gradients of one training step of the default cascade, for Tests/twin/compare.py.
@Suite(.enabled(if: folder != nil, "needs LANDMARKD_TWIN, the folder that Tests/twin/compare.py reads"))
struct TwinTests {
    private let configuration = CascadeConfiguration()
    private let batch = 4

    @Test func writeAStep() throws {
        let weights = ModelWeights()
        let network = CascadeNetwork(
            configuration, .training, batch: batch, passes: configuration.passes, weights: weights)
        wake(weights.trained)
        let targets = (0..<batch).map { image in
            let presence = image != 1
            return CascadeTarget(landmarks: presence ? landmarks(UInt64(10 + image)) : [], presence: presence)
        }
        let crop = network.crop.values.elements
        _ = crop.update(fromContentsOf: uniform(crop.count, seed: 2))
        for image in [0, 1] { network.setPrior(landmarks(UInt64(20 + image)), image: image) }
        network.graph.prepare()
        network.graph.forward()
        network.graph.beginBackward()
        let loss = CascadeLoss(network, CascadeLoss.Weights()).addGradients(targets, faces: 3, samples: batch)
        network.graph.backward()
        var file = SafetensorsFile(metadata: configuration.metadata)
        addTensors(of: network, to: &file)
        addLabels(targets, to: &file)
        file.tensors.append(
            ("loss", [4], [loss.total, loss.heatmap, loss.coordinates, loss.presence].map { Float($0) }))
        try file.write(to: folder! + "/step.safetensors", as: .float32)
    }

    /// Numbers that start at 0 or 1 get random ones, so that every gradient has something to say.
    private func wake(_ weights: ParameterSet) {
        for (index, parameter) in weights.parameters.enumerated() {
            let name = parameter.name
            guard !parameter.decays || name == "pass.offset.weight" else { continue }
            let gamma = name.hasSuffix(".gamma")
            let range = name == "pass.offset.weight" ? 0.09 : 0.3
            _ = parameter.values.update(
                fromContentsOf: uniform(parameter.count, gamma ? 0.7 : -range, gamma ? 1.3 : range, seed: UInt64(index))
            )
        }
    }

    private func landmarks(_ seed: UInt64) -> [SIMD2<Double>] {
        let numbers = uniform(2 * configuration.points, 0.05, 0.95, seed: seed)
        return (0..<configuration.points).map { SIMD2(Double(numbers[2 * $0]), Double(numbers[2 * $0 + 1])) }
    }

    private func addTensors(of network: CascadeNetwork, to file: inout SafetensorsFile) {
        let gradients = network.graph.gradients!.elements
        for parameter in network.graph.weights.parameters {
            file.tensors.append(("weight/" + parameter.name, parameter.shape, Array(parameter.values)))
            file.tensors.append(("gradient/" + parameter.name, parameter.shape, Array(gradients[parameter.range])))
        }
        func add(_ name: String, _ map: FeatureMap) {
            let shape = [map.shape.batch, map.shape.height, map.shape.width, map.shape.channels]
            file.tensors.append((name, shape, Array(map.values.elements)))
        }
        add("crop", network.crop)
        add("prior", network.prior)
        for (number, pass) in network.passes.enumerated() {
            add("pass\(number)/heat", pass.heatmaps.heat)
            add("pass\(number)/position", pass.position)
            add("pass\(number)/presence", pass.presence)
            add("pass\(number)/carried", pass.carried)
        }
    }

    /// Points as x and y in turn; zeros where an image has none.
    private func addLabels(_ targets: [CascadeTarget], to file: inout SafetensorsFile) {
        let points = configuration.points
        let truth = targets.flatMap { target in
            target.presence
                ? target.landmarks.flatMap { [Float($0.x), Float($0.y)] } : [Float](repeating: 0, count: 2 * points)
        }
        let priors = (0..<2).flatMap { landmarks(UInt64(20 + $0)).flatMap { [Float($0.x), Float($0.y)] } }
        file.tensors.append(("truth", [batch, points, 2], truth))
        file.tensors.append(("presence", [batch], targets.map { $0.presence ? 1 : 0 }))
        file.tensors.append(("prior points", [2, points, 2], priors))
    }
}
