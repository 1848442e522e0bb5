/// What follows a convolution.
package enum PostConvolution: Sendable, Equatable {
    case nothing
    case bias
    /// Batch normalisation; `statistics` names the running means, so that passes may share weights and keep statistics of their own.
    case normalization(statistics: String = "")
}

extension Graph {
    /// A map that is filled from outside: a crop, a prior.
    package func input(height: Int, width: Int, channels: Int) -> FeatureMap {
        FeatureMap(MapShape(batch: batch, height: height, width: width, channels: channels), needsGradient: false)
    }

    /// 1×1 convolution of the maps side by side; a dense layer on 1×1 maps. `zero`: weights start at 0.
    package func pointwise(
        _ inputs: [FeatureMap], _ name: String, channels: Int, _ following: PostConvolution = .normalization(),
        activation: Activation = .identity, zero: Bool = false
    ) -> FeatureMap {
        let fanIn = inputs.reduce(0) { $0 + $1.shape.channels }
        precondition(inputs.allSatisfy { $0.shape.with(channels: 1) == inputs[0].shape.with(channels: 1) }, name)
        let weight = kernel(name, [fanIn, channels], fanIn: fanIn, zero: zero)
        let output = stage(
            inputs[0].shape.with(channels: channels), name, following, activation, fanIn: fanIn, zero: zero)
        append(
            PointwiseConvolution(
                name, inputs: inputs, output: output, weight: weight, gradients: gradients, scratch: scratch))
        return register(output.map)
    }

    /// k×k convolution of each channel by itself.
    package func depthwise(
        _ input: FeatureMap, _ name: String, kernel size: Int, stride: Int = 1,
        _ following: PostConvolution = .normalization(), activation: Activation = .identity
    ) -> FeatureMap {
        let shape = input.shape
        let weight = kernel(name, [size, size, shape.channels], fanIn: size * size)
        let output = stage(strided(shape, stride), name, following, activation, fanIn: size * size)
        append(
            DepthwiseConvolution(
                name, input: input, output: output, weight: weight, stride: stride, gradients: gradients,
                scratch: scratch))
        return register(output.map)
    }

    /// Full k×k convolution.
    package func convolution(
        _ input: FeatureMap, _ name: String, channels: Int, kernel size: Int, stride: Int = 1,
        _ following: PostConvolution = .normalization(), activation: Activation = .identity
    ) -> FeatureMap {
        let fanIn = size * size * input.shape.channels
        let weight = kernel(name, [size, size, input.shape.channels, channels], fanIn: fanIn)
        let shape = strided(input.shape, stride).with(channels: channels)
        let output = stage(shape, name, following, activation, fanIn: fanIn)
        append(
            Convolution(
                name, input: input, output: output, weight: weight, stride: stride, gradients: gradients,
                scratch: scratch))
        return register(output.map)
    }

    /// Σ gain·map; maps of half the size are doubled. The first map gives the size.
    package func sum(_ inputs: [(FeatureMap, Float)], _ name: String, activation: Activation = .identity) -> FeatureMap
    {
        let layer = Addition(
            name, inputs: inputs.map { (map: $0.0, gain: $0.1) }, shape: inputs[0].0.shape, activation: activation,
            infers: infers, scratch: scratch)
        append(layer)
        return register(layer.output)
    }

    /// Blocks of 2×2 positions into channels.
    package func spaceToDepth(_ input: FeatureMap, _ name: String) -> FeatureMap {
        let layer = BlockRearrangement(name, input: input, direction: .spaceToDepth, infers: infers, scratch: scratch)
        append(layer)
        return register(layer.output)
    }

    /// Channels into blocks of 2×2 positions.
    package func depthToSpace(_ input: FeatureMap, _ name: String) -> FeatureMap {
        let layer = BlockRearrangement(name, input: input, direction: .depthToSpace, infers: infers, scratch: scratch)
        append(layer)
        return register(layer.output)
    }

    /// An image's numbers as one row.
    package func flatten(_ input: FeatureMap, _ name: String) -> FeatureMap {
        let layer = Flattening(name, input: input, infers: infers)
        append(layer)
        return register(layer.output)
    }

    /// Mean over positions.
    package func averagePool(_ input: FeatureMap, _ name: String) -> FeatureMap {
        let layer = AveragePooling(name, input: input, infers: infers, scratch: scratch)
        append(layer)
        return register(layer.output)
    }

    /// x + gain·attention(BN(x) + position), over all positions of an image.
    package func selfAttention(_ input: FeatureMap, _ name: String, heads: Int, statistics: String = "") -> FeatureMap {
        let shape = input.shape
        let position = weights.declare(
            name + ".position", [shape.height, shape.width, shape.channels], decays: false, initialize: { _ in })
        let normalized = PositionedNormalization(
            name + ".norm", input: input, batch: normalization(name + ".norm", shape.channels, statistics: statistics),
            position: position, gradients: gradients, scratch: scratch)
        append(normalized)
        let projected = pointwise(
            [register(normalized.output)], name + ".qkv", channels: 3 * shape.channels, .nothing)
        let attention = SelfAttention(name, input: projected, heads: heads, infers: infers)
        append(attention)
        let out = pointwise([register(attention.output)], name + ".out", channels: shape.channels, .nothing)
        let gain = weights.declare(name + ".gain", [1], decays: false, initialize: { _ in })
        let layer = GainedResidual(
            name + ".residual", input: input, addition: out, gain: gain, gradients: gradients, scratch: scratch)
        append(layer)
        return register(layer.output)
    }

    /// Heatmaps and positions; see `SpatialSoftmax`.
    package func spatialSoftmax(
        _ input: FeatureMap, _ name: String, points: Int, sub: Int, gain: Float, decoding: Decoding = .expectation
    ) -> SpatialSoftmax {
        let layer = SpatialSoftmax(
            name, input: input, points: points, sub: sub, gain: gain, decoding: decoding, infers: infers)
        append(layer)
        _ = register(layer.heat)
        _ = register(layer.position)
        return layer
    }

    // MARK: Parts

    private func strided(_ shape: MapShape, _ stride: Int) -> MapShape {
        shape.with(height: (shape.height + stride - 1) / stride, width: (shape.width + stride - 1) / stride)
    }

    /// Uniform in ±1/√fanIn: the bound that He et al. 2015 give for layers followed by normalisation, up to a constant.
    private func kernel(_ name: String, _ shape: [Int], fanIn: Int, zero: Bool = false) -> Parameter {
        weights.declare(name + ".weight", shape, decays: true) { fillUniform($0, fanIn: fanIn, zero: zero) }
    }

    private func fillUniform(_ values: UnsafeMutableBufferPointer<Float>, fanIn: Int, zero: Bool) {
        let bound = zero ? 0 : 1 / Double(fanIn).squareRoot()
        for i in values.indices { values[i] = Float(generator.uniform(-bound, bound)) }
    }

    private func stage(
        _ shape: MapShape, _ name: String, _ following: PostConvolution, _ activation: Activation, fanIn: Int,
        zero: Bool = false
    ) -> OutputStage {
        var batch: BatchNormalization?
        var bias: Bias?
        switch following {
        case .nothing: break
        case .bias:
            bias = Bias(
                weights.declare(name + ".bias", [shape.channels], decays: false) {
                    fillUniform($0, fanIn: fanIn, zero: zero)
                })
        case .normalization(let statistics):
            batch = normalization(name + ".norm", shape.channels, statistics: statistics)
        }
        return OutputStage(shape, batch: batch, bias: bias, activation: activation, infers: infers)
    }

    private func normalization(_ name: String, _ channels: Int, statistics suffix: String) -> BatchNormalization {
        let gamma = weights.declare(name + ".gamma", [channels], decays: false) { $0.update(repeating: 1) }
        let beta = weights.declare(name + ".beta", [channels], decays: false, initialize: { _ in })
        let mean = statistics.declare(name + ".mean" + suffix, [channels], decays: false, initialize: { _ in })
        let variance = statistics.declare(name + ".variance" + suffix, [channels], decays: false) {
            $0.update(repeating: 1)
        }
        return register(
            BatchNormalization(gamma: gamma, beta: beta, runningMean: mean, runningVariance: variance))
    }
}

extension Graph {
    /// The similarity from a template of points to those found; the template is kept with the running statistics, since it is not
    /// trained. See `SimilarityFit`.
    package func similarityFit(_ points: FeatureMap, _ name: String) -> FeatureMap {
        let template = statistics.declare(
            name + ".template", [points.shape.channels], decays: false, initialize: { _ in })
        let layer = SimilarityFit(name, input: points, template: template, infers: infers)
        append(layer)
        return register(layer.output)
    }

    /// `outer` after `inner`.
    package func composition(_ outer: FeatureMap, _ inner: FeatureMap, _ name: String) -> FeatureMap {
        let layer = SimilarityComposition(name, outer: outer, inner: inner, infers: infers)
        append(layer)
        return register(layer.output)
    }

    /// Points carried by a similarity.
    package func transform(_ points: FeatureMap, by map: FeatureMap, _ name: String) -> FeatureMap {
        let layer = SimilarityTransform(name, points: points, map: map, infers: infers)
        append(layer)
        return register(layer.output)
    }

    /// A map cut again by a similarity.
    package func sample(_ input: FeatureMap, by map: FeatureMap, _ name: String) -> FeatureMap {
        let layer = SimilaritySampling(name, input: input, map: map, infers: infers, scratch: scratch)
        append(layer)
        return register(layer.output)
    }

    /// Maps side by side.
    package func concatenation(_ inputs: [FeatureMap], _ name: String) -> FeatureMap {
        let layer = Concatenation(name, inputs: inputs, infers: infers)
        append(layer)
        return register(layer.output)
    }

    /// The first channels of an input.
    package func firstChannels(_ count: Int, of input: FeatureMap, _ name: String) -> FeatureMap {
        let layer = ChannelSelection(name, input: input, channels: count)
        append(layer)
        return register(layer.output)
    }

    /// Largest of each 2×2 positions.
    package func maxPool(_ input: FeatureMap, _ name: String) -> FeatureMap {
        let layer = MaxPooling(name, input: input, infers: infers, scratch: scratch)
        append(layer)
        return register(layer.output)
    }
}
