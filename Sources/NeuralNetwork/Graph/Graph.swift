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

    /// Updates derived weights after loading or a training step.
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

/// A step of a graph: reads maps, writes one. Bound to one thread; allocates nothing once made.
package protocol Layer: AnyObject {
    var name: String { get }
    /// For the whole batch, forward.
    var multiplyAdds: Int { get }
    /// Maps that `forward` reads, and those that it writes.
    var inputs: [FeatureMap] { get }
    var outputs: [FeatureMap] { get }
    /// Takes over weights that changed: folds batch normalisation in graphs that infer, turns matrices in those that train.
    func prepare()
    func forward()
    /// From the gradient of the map written to those of the maps read, and of the parameters.
    func backward()
}

extension Layer {
    package var multiplyAdds: Int { 0 }
    package func prepare() {}
}

/// Scratch memory that a graph's layers share, since they run one after another.
final class Scratch {
    private var areas: [Area: Tensor_] = [:]

    enum Area { case input, output, inputGradient, padded }

    private final class Tensor_ {
        let tensor: Tensor
        init(_ count: Int) { tensor = Tensor(zeros: count) }
    }

    /// Makes sure that `area` holds `count` floats; called while layers are made.
    func reserve(_ area: Area, _ count: Int) {
        if (areas[area]?.tensor.count ?? 0) < count { areas[area] = Tensor_(count) }
    }

    /// Contents are whatever the last layer left.
    subscript(area: Area) -> UnsafeMutablePointer<Float> { areas[area]!.tensor.base }
}

extension Graph {
    /// Moves the running means and variances by `share` towards the mean of the graphs' last batches: one step's worth for the threads
    /// of a trainer. Uses of the same statistics follow one after another.
    package static func updateRunningStatistics(_ graphs: [Graph], share: Float) {
        guard let first = graphs.first else { return }
        for index in first.normalizations.indices {
            let uses = graphs.map { $0.normalizations[index] }
            let (means, variances) = (uses[0].runningMean.values, uses[0].runningVariance.values)
            let rows = Float(uses.count)
            for c in 0..<uses[0].channels {
                var (mean, variance): (Float, Float) = (0, 0)
                for use in uses { (mean, variance) = (mean + use.mean[c] / rows, variance + use.variance[c] / rows) }
                means[c] += share * (mean - means[c])
                variances[c] += share * (variance - variances[c])
            }
        }
    }
}
