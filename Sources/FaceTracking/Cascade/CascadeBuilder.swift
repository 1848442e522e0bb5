import NeuralNetwork

/// Puts the cascade's layers together.
struct CascadeBuilder {
    let configuration: CascadeConfiguration
    let graph: Graph

    /// Output of the feature network for the passes.
    struct Features {
        /// `[N, S/8, S/8, width]`.
        let fine: FeatureMap
        /// `[N, 1, 1, deepWidth]`: mean over the features at 1/16.
        let summary: FeatureMap
    }

    /// State passed from one pass to the next.
    struct State {
        let heat: FeatureMap
        let carried: FeatureMap
        /// Landmarks in units of the cut that they were found in, and where that cut lies in the crop; nil before the first pass.
        var position: FeatureMap?
        /// Nil where that is the whole crop.
        var cut: FeatureMap?
    }

    // MARK: Features

    /// Crop → features at 1/8, with context from 1/16 and detail from 1/4. Runs once a frame.
    func features(_ crop: FeatureMap) -> Features {
        let quarter = residual(quarter(crop), "features.quarter.1", channels: configuration.quarterWidth)
        let eighthWidth = configuration.eighthWidth
        var eighth = residual(quarter, "features.eighth.0", channels: eighthWidth, stride: 2, expand: 4)
        for block in 1...2 { eighth = residual(eighth, "features.eighth.\(block)", channels: eighthWidth) }
        let deep = sixteenth(eighth)
        let width = configuration.width
        let lateral = graph.pointwise([eighth], "features.lateral", channels: width)
        let down = graph.pointwise([deep], "features.down", channels: width)
        let detail = graph.pointwise(
            [graph.spaceToDepth(quarter, "features.detail.blocks")], "features.detail", channels: width)
        let merged = graph.sum(
            [(lateral, 1), (down, 1), (detail, 1)], "features.merged", activation: .hardSwish)
        return Features(
            fine: residual(merged, "features.merge", channels: width),
            summary: graph.averagePool(deep, "features.summary"))
    }

    /// The stem: from pixels to 1/4.
    private func quarter(_ crop: FeatureMap) -> FeatureMap {
        let width = configuration.quarterWidth
        guard configuration.stem == .convolutions else {
            let halves = graph.spaceToDepth(crop, "features.patches.halves")
            return graph.pointwise(
                [graph.spaceToDepth(halves, "features.patches.quarters")], "features.patches", channels: width,
                activation: .hardSwish)
        }
        let stem = graph.convolution(crop, "features.stem", channels: 16, kernel: 3, stride: 2, activation: .hardSwish)
        return configuration.expandedFirstStage
            ? residual(stem, "features.quarter.0", channels: width, stride: 2, expand: 4)
            : graph.convolution(
                stem, "features.quarter.0", channels: width, kernel: 3, stride: 2, activation: .hardSwish)
    }

    private func sixteenth(_ eighth: FeatureMap) -> FeatureMap {
        let width = configuration.deepWidth
        var deep = residual(eighth, "features.sixteenth.0", channels: width, stride: 2, expand: 3)
        for block in 1...2 { deep = residual(deep, "features.sixteenth.\(block)", channels: width) }
        if configuration.attention {
            deep = graph.selfAttention(deep, "features.attention", heads: configuration.attentionHeads)
        }
        return residual(deep, "features.sixteenth.3", channels: width)
    }

    // MARK: Passes

    /// One pass; all passes share the weights. `crop`: input of a spatial transformer.
    func pass(_ number: Int, _ crop: FeatureMap, _ features: Features, _ state: State) -> CascadePass {
        let start = graph.layers.count
        let (features, state) = recut(crop, features, state)
        let statistics = configuration.separateStatistics ? ".pass\(min(number, configuration.passes - 1))" : ""
        let (width, points) = (configuration.width, configuration.points)
        let follow = PostConvolution.normalization(statistics: statistics)
        let prior = graph.pointwise([state.heat], "pass.prior", channels: width, follow)
        let unit = self.unit([features.fine, prior], "pass.heatmap", statistics)
        let logits = graph.pointwise([unit], "pass.logits", channels: 4 * points, .bias)
        let heatmaps = graph.spatialSoftmax(
            logits, "pass.heatmaps", points: points, sub: 2, gain: configuration.heatGain)
        let heat = graph.pointwise([heatmaps.heat], "pass.heat", channels: width, follow)
        let source = configuration.sharedUnit ? unit : features.fine
        let joined = graph.pointwise(
            [source, heat, state.carried], "pass.features", channels: width, follow, activation: .hardSwish)
        let carried = residual(joined, "pass.carried", channels: width, statistics: statistics)
        let local = regression(carried, heatmaps, follow)
        let position = state.cut.map { graph.transform(local, by: $0, "pass.placed") } ?? local
        let presence = self.presence(features.summary, carried)
        return CascadePass(
            heatmaps: heatmaps, position: position, presence: presence, carried: carried, localPosition: local,
            cut: state.cut, layers: start..<graph.layers.count)
    }

    /// The spatial transformer: resamples the input of a pass by the landmarks of the previous pass.
    private func recut(_ crop: FeatureMap, _ features: Features, _ state: State) -> (Features, State) {
        guard configuration.spatialTransformer != .none, let found = state.position else { return (features, state) }
        let step = graph.similarityFit(found, "cut")
        let cut = state.cut.map { graph.composition($0, step, "cut.whole") } ?? step
        let fresh: Features
        if configuration.spatialTransformer == .crop {
            fresh = self.features(graph.sample(crop, by: cut, "cut.crop"))
        } else {
            fresh = Features(fine: graph.sample(features.fine, by: cut, "cut.fine"), summary: features.summary)
        }
        let heat = graph.sample(graph.depthToSpace(state.heat, "cut.places"), by: step, "cut.heat")
        let carried = graph.sample(state.carried, by: step, "cut.carried")
        return (
            fresh,
            State(heat: graph.spaceToDepth(heat, "cut.cells"), carried: carried, position: found, cut: cut)
        )
    }

    /// Blocks at 1/8 with a bottleneck at 1/16, so that a pass sees the whole crop.
    private func unit(_ inputs: [FeatureMap], _ name: String, _ statistics: String) -> FeatureMap {
        let (width, deep) = (configuration.width, configuration.deepWidth)
        let follow = PostConvolution.normalization(statistics: statistics)
        let enter = graph.pointwise(inputs, name + ".enter", channels: width, follow, activation: .hardSwish)
        let local = residual(enter, name + ".local", channels: width, kernel: 5, statistics: statistics)
        var wide = residual(local, name + ".down", channels: deep, stride: 2, statistics: statistics)
        for block in 0...1 {
            wide = residual(wide, name + ".wide.\(block)", channels: deep, kernel: 5, statistics: statistics)
            if block == 0, configuration.heatmapAttention {
                wide = graph.selfAttention(
                    wide, name + ".attention", heads: configuration.attentionHeads, statistics: statistics)
            }
        }
        let up = graph.pointwise([wide], name + ".up", channels: width, follow)
        let joined = graph.sum([(local, 1), (up, 1)], name + ".joined")
        return residual(joined, name + ".leave", channels: width, statistics: statistics)
    }

    /// The heatmaps' positions plus a small correction from the carried features.
    private func regression(_ carried: FeatureMap, _ heatmaps: SpatialSoftmax, _ follow: PostConvolution) -> FeatureMap
    {
        let squeezed = graph.convolution(
            carried, "pass.squeeze", channels: 16, kernel: 3, stride: 2, follow, activation: .hardSwish)
        let row = graph.flatten(squeezed, "pass.row")
        let hidden = graph.pointwise([row], "pass.hidden", channels: 128, .bias, activation: .hardSwish)
        let offset = graph.pointwise(
            [hidden], "pass.offset", channels: 2 * configuration.points, .bias, zero: true)
        return graph.sum([(heatmaps.position, 1), (offset, Float(configuration.offsetGain))], "pass.position")
    }

    private func presence(_ summary: FeatureMap, _ carried: FeatureMap) -> FeatureMap {
        let pooled = graph.averagePool(carried, "presence.pool")
        let hidden = graph.pointwise([summary, pooled], "presence.hidden", channels: 32, .bias, activation: .hardSwish)
        let logit = graph.pointwise([hidden], "presence.logit", channels: 1, .bias)
        // The loss reads values: a sum holds the bias in training too, where a convolution leaves it to its readers.
        return graph.sum([(logit, 1)], "presence.sum")
    }

    // MARK: Blocks

    /// Inverted residual: pointwise expansion, depthwise k×k, pointwise projection; added to its input where the shapes agree.
    private func residual(
        _ input: FeatureMap, _ name: String, channels: Int, stride: Int = 1, expand: Int = 2, kernel: Int = 3,
        statistics: String = ""
    ) -> FeatureMap {
        let follow = PostConvolution.normalization(statistics: statistics)
        let middle = input.shape.channels * expand
        let expanded = graph.pointwise([input], name + ".expand", channels: middle, follow, activation: .hardSwish)
        let filtered = graph.depthwise(
            expanded, name + ".depthwise", kernel: kernel, stride: stride, follow, activation: .hardSwish)
        let projected = graph.pointwise([filtered], name + ".project", channels: channels, follow)
        guard stride == 1, channels == input.shape.channels else { return projected }
        return graph.sum([(input, 1), (projected, 1)], name + ".sum")
    }
}
