import CKernels

/// Which layers of a graph that infers run as a part of a later one, so that what they give never goes through memory.
///
/// A layer is fused only into the sole reader of its output, and only within one stage of the plan, since stages may run by themselves.
struct FusionRules {
    let layers: [Layer]
    private let stages: [Int]
    private let readers: [ObjectIdentifier: [Int]]
    private let writers: [ObjectIdentifier: Int]

    /// `stages` are runs of layers, one after the other.
    init(_ layers: [Layer], stages: [Range<Int>]) {
        self.layers = layers
        self.stages = layers.indices.map { index in stages.firstIndex { $0.contains(index) } ?? -1 }
        var readers: [ObjectIdentifier: [Int]] = [:]
        var writers: [ObjectIdentifier: Int] = [:]
        for (index, layer) in layers.enumerated() {
            for map in layer.inputs { readers[ObjectIdentifier(map), default: []].append(index) }
            for map in layer.outputs { writers[ObjectIdentifier(map)] = index }
        }
        (self.readers, self.writers) = (readers, writers)
    }

    /// The layer that writes a map; nil for inputs of the graph.
    func writer(of map: FeatureMap) -> (index: Int, layer: Layer)? {
        writers[ObjectIdentifier(map)].map { ($0, layers[$0]) }
    }

    func isRead(_ map: FeatureMap) -> Bool { readers[ObjectIdentifier(map)] != nil }

    /// Whether the layer runs as a part of a later one.
    func isFused(_ index: Int) -> Bool {
        switch layers[index] {
        case let layer as BlockRearrangement: isView(layer, index)
        case let layer as DepthwiseConvolution: isFilter(layer, index)
        case let layer as PointwiseConvolution:
            isExpansion(layer, index) || isTerm(layer, index) || isSubstituted(layer, index)
        default: false
        }
    }

    /// The pointwise convolutions that a sum computes itself, and what else it adds; nil where it does not pay or the kernel cannot.
    func absorbed(by sum: Addition, _ index: Int) -> (products: [(index: Int, gain: Float)], addend: FeatureMap?)? {
        let shape = sum.output.shape
        let candidates = sum.terms.compactMap { term -> (index: Int, gain: Float)? in
            guard let (writer, layer) = writer(of: term.map), let product = layer as? PointwiseConvolution,
                soleReader(of: term.map, writtenBy: writer) == index, term.map.shape == shape,
                product.output.activation == .identity
            else { return nil }
            return (writer, term.gain)
        }
        let filtered = candidates.filter { isFiltered($0.index) }
        let products = filtered.isEmpty ? candidates : Array(filtered.prefix(1))
        let maps = products.map { ObjectIdentifier(layers[$0.index].outputs[0]) }
        let rest = sum.terms.filter { !maps.contains(ObjectIdentifier($0.map)) }
        let fits = rest.allSatisfy { $0.gain == 1 && ($0.map.shape == shape || filtered.isEmpty) }
        guard !products.isEmpty, rest.count <= 1, fits else { return nil }
        return (products, rest.first?.map)
    }

    /// The pointwise convolution that a gained residual computes itself.
    func absorbed(by residual: GainedResidual, _ index: Int) -> Int? {
        guard let (writer, layer) = writer(of: residual.addition), let product = layer as? PointwiseConvolution,
            soleReader(of: residual.addition, writtenBy: writer) == index, product.output.activation == .identity
        else { return nil }
        return writer
    }

    /// Whether a pointwise convolution reads a depthwise one that is fused into it.
    func isFiltered(_ index: Int) -> Bool {
        layers[index].inputs.contains { map in
            writer(of: map).map { $0.layer is DepthwiseConvolution && isFused($0.index) } ?? false
        }
    }

    // MARK: Rules

    /// Blocks of positions are read where they are by pointwise convolutions, blocks of blocks as well, but no further.
    private func isView(_ layer: BlockRearrangement, _ index: Int, ofBlocks: Bool = false) -> Bool {
        guard layer.direction == .spaceToDepth, let readers = readers[ObjectIdentifier(layer.output)] else {
            return false
        }
        return readers.allSatisfy { reader in
            guard stages[reader] == stages[index] else { return false }
            if let outer = layers[reader] as? BlockRearrangement {
                return !ofBlocks && isView(outer, reader, ofBlocks: true)
            }
            return layers[reader] is PointwiseConvolution
        }
    }

    /// A depthwise convolution runs line by line in front of the pointwise convolution that reads it.
    private func isFilter(_ layer: DepthwiseConvolution, _ index: Int) -> Bool {
        guard let reader = soleReader(of: layer.output.map, writtenBy: index) else { return false }
        return layers[reader] is PointwiseConvolution && layers[reader].inputs.count == 1
    }

    /// A pointwise convolution runs line by line in front of such a depthwise one.
    private func isExpansion(_ layer: PointwiseConvolution, _ index: Int) -> Bool {
        guard let reader = soleReader(of: layer.output.map, writtenBy: index),
            let filter = layers[reader] as? DepthwiseConvolution
        else { return false }
        return isFilter(filter, reader) && !isFiltered(index)
    }

    /// A pointwise convolution is added up in the sum's own registers.
    private func isTerm(_ layer: PointwiseConvolution, _ index: Int) -> Bool {
        guard let reader = soleReader(of: layer.output.map, writtenBy: index) else { return false }
        switch layers[reader] {
        case let sum as Addition: return absorbed(by: sum, reader)?.products.contains { $0.index == index } ?? false
        case let residual as GainedResidual: return absorbed(by: residual, reader) == index
        default: return false
        }
    }

    /// Two pointwise convolutions with nothing between them are one, where that takes no more multiply-adds.
    private func isSubstituted(_ layer: PointwiseConvolution, _ index: Int) -> Bool {
        guard layer.output.activation == .identity, !isFiltered(index),
            let reader = soleReader(of: layer.output.map, writtenBy: index),
            let outer = layers[reader] as? PointwiseConvolution
        else { return false }
        let (depth, middle, columns) = (layer.inputChannels, layer.outputChannels, outer.outputChannels)
        return depth * columns <= depth * middle + middle * columns
    }

    /// The only reader, where it is of the same stage.
    private func soleReader(of map: FeatureMap, writtenBy index: Int) -> Int? {
        guard let readers = readers[ObjectIdentifier(map)], readers.count == 1, stages[readers[0]] == stages[index]
        else { return nil }
        return readers[0]
    }
}
