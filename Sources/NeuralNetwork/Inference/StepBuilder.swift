import CKernels

/// Makes the steps of a plan from the layers of a graph.
struct StepBuilder {
    let rules: FusionRules
    let kernels: UnsafePointer<lm_table>

    /// What layer `index` runs as; nil where it is fused into a later one.
    func step(_ index: Int) -> (any InferenceStep)? {
        if rules.isFused(index) { return nil }
        switch rules.layers[index] {
        case let layer as PointwiseConvolution:
            let output = ProductOutput(map: layer.output.map, activation: layer.output.activation)
            return product(layer.name, [(index, 1)], output)
        case let layer as Convolution: return ConvolutionStep(layer, kernels: kernels)
        case let sum as Addition:
            guard let (products, addend) = rules.absorbed(by: sum, index) else { return LayerStep(sum) }
            let output = ProductOutput(map: sum.output, activation: sum.finalActivation, addend: addend)
            return product(sum.name, products, output)
        case let residual as GainedResidual:
            guard let inner = rules.absorbed(by: residual, index) else { return LayerStep(residual) }
            let output = ProductOutput(map: residual.output, activation: .identity, addend: residual.input)
            return product(residual.name, [(inner, residual.gain.base[0])], output)
        case let layer: return LayerStep(layer)
        }
    }

    /// The sum of pointwise convolutions, each times its gain.
    private func product(_ name: String, _ terms: [(index: Int, gain: Float)], _ output: ProductOutput)
        -> any InferenceStep
    {
        if terms.count == 1, let filter = filter(of: terms[0].index) {
            let matrix = matrix(of: terms[0].index).scaled(by: terms[0].gain)
            return FilteredProductStep(name, filter, matrix, to: output, kernels: kernels)
        }
        var (sources, matrix) = composed(terms[0].index, gain: terms[0].gain)
        for term in terms.dropFirst() {
            let next = composed(term.index, gain: term.gain)
            (sources, matrix) = (sources + next.sources, matrix.stacked(on: next.matrix))
        }
        return PointwiseStep(
            name, sources, matrix, to: output, sparse: sources.contains { isHeatmap($0.map) }, kernels: kernels)
    }

    /// Whether a map is next to zero in most places: the heatmaps of a pass, or those handed in as a prior.
    private func isHeatmap(_ map: FeatureMap) -> Bool {
        guard let (_, writer) = rules.writer(of: map) else { return map.shape.channels >= Self.heatmapChannels }
        return writer is SpatialSoftmax
    }

    /// Fewest channels of a graph's input that is no picture.
    private static let heatmapChannels = 64

    /// The depthwise convolution that is fused into pointwise convolution `index`.
    private func filter(of index: Int) -> DepthwiseFilter? {
        guard rules.isFiltered(index), let (_, writer) = rules.writer(of: rules.layers[index].inputs[0]),
            let layer = writer as? DepthwiseConvolution
        else { return nil }
        guard let (inner, expansion) = rules.writer(of: layer.input), rules.isFused(inner),
            let pointwise = expansion as? PointwiseConvolution
        else { return DepthwiseFilter(layer: layer, expansion: nil) }
        let (sources, matrix) = composed(inner, gain: 1)
        return DepthwiseFilter(layer: layer, expansion: (sources, matrix, pointwise.output.activation))
    }

    /// Sources and matrix of a pointwise convolution; convolutions that are fused into it are multiplied in.
    private func composed(_ index: Int, gain: Float) -> (sources: [ProductSource], matrix: FoldedMatrix) {
        var (sources, matrix, row): ([ProductSource], FoldedMatrix, Int) = ([], matrix(of: index), 0)
        for map in rules.layers[index].inputs {
            guard let (inner, layer) = rules.writer(of: map), rules.isFused(inner) else {
                sources.append(.map(map))
                row += map.shape.channels
                continue
            }
            if let blocks = layer as? BlockRearrangement {
                sources.append(view(blocks))
                row += map.shape.channels
            } else {
                let part = composed(inner, gain: 1)
                matrix = matrix.substituting(row..<row + map.shape.channels, by: part.matrix)
                sources += part.sources
                row += part.matrix.depth
            }
        }
        return (sources, matrix.scaled(by: gain))
    }

    /// Blocks where they lie; blocks of blocks, where those are read in place too.
    private func view(_ blocks: BlockRearrangement) -> ProductSource {
        guard let (inner, layer) = rules.writer(of: blocks.input), rules.isFused(inner),
            let finer = layer as? BlockRearrangement
        else { return .blocks(blocks.input) }
        return .patches(finer.input)
    }

    private func matrix(of index: Int) -> FoldedMatrix {
        guard let layer = rules.layers[index] as? PointwiseConvolution else {
            preconditionFailure("\(rules.layers[index].name) is no pointwise convolution")
        }
        layer.prepare()
        return FoldedMatrix(weights: layer.prepared, bias: layer.output.foldedShift, columns: layer.outputChannels)
    }
}
