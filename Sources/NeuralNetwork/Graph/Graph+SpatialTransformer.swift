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
