import NeuralNetwork

/// The reference layout: the kernels and the topology that the method was published with, at any width.
///
/// Full convolutions of 3 to 13, maximum pooling, heatmaps at 1/4 of the crop; a first heatmap network and a first regression-feature
/// unit stand before the passes. `configuration.width` stands for the 64 channels of its first layer; activations are hard swish
/// instead of rectifiers, for which there are kernels. Source: Lynch 2020, the author's own implementation of recurrent cascades after
/// Mahpod et al. 2018 (arXiv 1805.01760).
struct ReferenceBuilder {
    let configuration: CascadeConfiguration
    let graph: Graph

    private var width: Int { configuration.width }
    private var points: Int { configuration.points }

    /// What the passes share, and where the first starts.
    struct Start {
        /// `[N, S/4, S/4, 2·width]`.
        let features: FeatureMap
        let state: CascadeBuilder.State
    }

    /// Features and the start column: heatmaps and regression features that have no loss of their own.
    func start(_ crop: FeatureMap) -> Start {
        let features = features(crop)
        let heat = heatmaps([features], "start.heatmap", .normalization()).heat
        let carried = regressionFeatures(features, heat, "start.regression", .normalization())
        return Start(features: features, state: CascadeBuilder.State(heat: heat, carried: carried))
    }

    private func features(_ crop: FeatureMap) -> FeatureMap {
        var map = crop
        for (stage, channels) in [width, 2 * width, 2 * width].enumerated() {
            if stage > 0 { map = graph.maxPool(map, "features.pool.\(stage)") }
            for layer in 0...1 {
                map = graph.convolution(
                    map, "features.\(stage).\(layer)", channels: channels, kernel: 3, activation: .hardSwish)
            }
        }
        return map
    }

    /// One pass; all passes share the weights.
    func pass(_ number: Int, _ start: Start, _ state: CascadeBuilder.State) -> CascadePass {
        let first = graph.layers.count
        let statistics = configuration.separateStatistics ? ".pass\(min(number, configuration.passes - 1))" : ""
        let follow = PostConvolution.normalization(statistics: statistics)
        let heatmaps = heatmaps([start.features, fine(state.heat, "pass.previous")], "pass.heatmap", follow)
        let carried = regressionFeatures(start.features, heatmaps.heat, "pass.regression", follow)
        let position = regression(carried, state.carried, follow)
        let presence = presence(start.features, carried)
        return CascadePass(
            heatmaps: heatmaps, position: position, presence: presence, carried: carried, localPosition: position,
            cut: nil, layers: first..<graph.layers.count)
    }

    /// Heatmap unit. Its maps are laid out in cells of 2×2, as all of ours are.
    private func heatmaps(_ inputs: [FeatureMap], _ name: String, _ follow: PostConvolution) -> SpatialSoftmax {
        // Concatenation is a matter of a pointwise layer here; a full convolution reads one map.
        let joined = inputs.count == 1 ? inputs[0] : graph.concatenation(inputs, name + ".inputs")
        var map = joined
        for kernel in [7, 13] {
            map = graph.convolution(
                map, name + ".\(kernel)", channels: 2 * width, kernel: kernel, follow, activation: .hardSwish)
        }
        map = graph.pointwise([map], name + ".wide", channels: 4 * width, follow, activation: .hardSwish)
        let logits = graph.pointwise([map], name + ".logits", channels: points, .bias)
        return graph.spatialSoftmax(
            graph.spaceToDepth(logits, name + ".cells"), name + ".maps", points: points, sub: 2,
            gain: configuration.heatGain)
    }

    private func regressionFeatures(
        _ features: FeatureMap, _ heat: FeatureMap, _ name: String, _ follow: PostConvolution
    ) -> FeatureMap {
        var map = graph.concatenation([features, fine(heat, name + ".heat")], name + ".inputs")
        for (kernel, channels) in [(7, width), (5, 2 * width), (3, 4 * width)] {
            map = graph.convolution(
                map, name + ".\(kernel)", channels: channels, kernel: kernel, follow, activation: .hardSwish)
            map = graph.maxPool(map, name + ".pool\(kernel)")
        }
        return map
    }

    private func regression(_ carried: FeatureMap, _ previous: FeatureMap, _ follow: PostConvolution) -> FeatureMap {
        var map = graph.concatenation([carried, previous], "pass.carried")
        for (layer, channels) in [4 * width, 8 * width].enumerated() {
            map = graph.convolution(
                map, "pass.head.\(layer)", channels: channels, kernel: 3, follow, activation: .hardSwish)
            if map.shape.height % 2 == 0, map.shape.width % 2 == 0 {
                map = graph.maxPool(map, "pass.head.pool\(layer)")
            }
        }
        map = graph.pointwise([map], "pass.head.wide", channels: 8 * width, follow, activation: .hardSwish)
        let place = graph.pointwise(
            [graph.flatten(map, "pass.row")], "pass.place", channels: 2 * points, .bias, zero: true)
        // From the middle of the crop, so that coordinates start there.
        let middle = graph.input(height: 1, width: 1, channels: 2 * points)
        middle.values.fill(0.5)
        return graph.sum([(middle, 1), (place, 1)], "pass.position")
    }

    private func presence(_ features: FeatureMap, _ carried: FeatureMap) -> FeatureMap {
        let pooled = [graph.averagePool(features, "presence.summary"), graph.averagePool(carried, "presence.pool")]
        let hidden = graph.pointwise(pooled, "presence.hidden", channels: 32, .bias, activation: .hardSwish)
        return graph.sum([(graph.pointwise([hidden], "presence.logit", channels: 1, .bias), 1)], "presence.sum")
    }

    private func fine(_ heat: FeatureMap, _ name: String) -> FeatureMap { graph.depthToSpace(heat, name) }
}
