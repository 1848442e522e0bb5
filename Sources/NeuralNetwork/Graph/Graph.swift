import Base

/// Layers in the order in which they run, over maps and memory made once. One thread uses a graph; graphs of several threads share
/// the weights. Layers are added by the methods of `Graph+Layers.swift`.
package final class Graph {
    package enum Mode: Sendable { case training, inference }

    package let mode: Mode
    package let batch: Int
    /// Trained numbers, and the running means and variances of batch normalisation.
    package let weights: ParameterSet
    package let statistics: ParameterSet
    /// Gradient of the trained numbers; nil at inference.
    package let gradients: Gradients?
    package private(set) var layers: [Layer] = []
    private(set) var normalizations: [BatchNormalization] = []
    private var maps: [FeatureMap] = []
    let scratch = Scratch()
    var generator: SplitMix64

    /// - Parameter seed: of the first weights, where `weights` does not hold them yet.
    package init(_ mode: Mode, batch: Int, weights: ParameterSet, statistics: ParameterSet, seed: UInt64 = 1) {
        (self.mode, self.batch, self.weights, self.statistics) = (mode, batch, weights, statistics)
        generator = SplitMix64(seed: seed)
        gradients = mode == .training ? Gradients(for: weights) : nil
    }

    var infers: Bool { mode == .inference }

    func register(_ map: FeatureMap) -> FeatureMap {
        maps.append(map)
        return map
    }

    func register(_ normalization: BatchNormalization) -> BatchNormalization {
        normalizations.append(normalization)
        return normalization
    }

    func append(_ layer: Layer) { layers.append(layer) }

    /// Takes over weights that changed, by loading or by a training step.
    package func prepare() {
        for layer in layers { layer.prepare() }
    }

    /// Runs the layers in `range` (all by default).
    package func forward(_ range: Range<Int>? = nil) {
        for layer in layers[range ?? layers.indices] { layer.forward() }
    }

    /// Before losses add their gradients.
    package func beginBackward() {
        for map in maps { map.resetGradient() }
        gradients?.reset()
    }

    package func backward() {
        for layer in layers.reversed() { layer.backward() }
    }

    /// Multiply-adds of the layers in `range` for the whole batch.
    package func multiplyAdds(_ range: Range<Int>? = nil) -> Int {
        layers[range ?? layers.indices].reduce(0) { $0 + $1.multiplyAdds }
    }
}
