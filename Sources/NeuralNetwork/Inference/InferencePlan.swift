import CKernels

/// Plan for running an inference graph: its layers fused into a few steps on weights that are folded and packed once, over maps that share
/// memory where they do not live at the same time.
///
/// Gives what the graph itself gives, up to the rounding of floats. Stages are runs of layers that the owner runs one after the other;
/// inputs of the graph, and maps that no layer reads, keep their numbers until they are written again. Takes ownership of the graph's maps: the
/// graph itself must not run any more. Bound to one thread; allocates nothing once made.
package final class InferencePlan {
    private let graph: Graph
    private let steps: [any InferenceStep]
    private let stages: [Range<Int>]
    private let maps: Tensor
    private let scratch: Tensor

    /// - Parameters:
    ///   - stages: all layers of the graph, in their order.
    ///   - level: instruction set of the products.
    package init(_ graph: Graph, stages: [Range<Int>], level: Int32 = lm_level()) {
        precondition(graph.infers && graph.batch == 1, "a plan is for graphs that infer, one image at a time")
        precondition(
            stages.flatMap(Array.init) == Array(graph.layers.indices), "stages \(stages) of \(graph.layers.count)")
        self.graph = graph
        let builder = StepBuilder(
            rules: FusionRules(graph.layers, stages: stages), kernels: lm_table_at(level) ?? lm_table_at(0))
        let parts = stages.map { $0.compactMap { builder.step($0) } }
        steps = parts.flatMap(\.self)
        self.stages = parts.indices.map { index in
            let first = parts[..<index].reduce(0) { $0 + $1.count }
            return first..<first + parts[index].count
        }
        let layout = MapLayout(steps)
        maps = Tensor(zeros: layout.count)
        for (map, offset) in layout.places { map.move(to: maps.base + offset) }
        let kept = Set(steps.flatMap { ($0.inputs + $0.outputs).map { ObjectIdentifier($0) } })
        for map in graph.layers.flatMap(\.outputs) where !kept.contains(ObjectIdentifier(map)) { map.release() }
        scratch = Tensor(zeros: steps.map(\.scratchCount).max() ?? 0)
        for step in steps { step.bind(scratch: scratch.base) }
    }

    /// Runs the steps of a stage.
    package func run(_ stage: Int) {
        for step in steps[stages[stage]] { step.run() }
    }

    /// Steps of a stage by their names, each to run by itself, for measurements.
    package func steps(of stage: Int) -> [(name: String, run: () -> Void)] {
        steps[stages[stage]].map { step in (step.name, { step.run() }) }
    }
}

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

/// Places for the maps of a plan in one piece of memory: maps that are never needed at the same time may share a place.
///
/// Maps that no step writes, or none reads, belong to the owner of the graph and keep memory of their own.
struct MapLayout {
    private(set) var places: [(map: FeatureMap, offset: Int)] = []
    /// Floats of the whole.
    private(set) var count = 0

    /// From the step that writes it to the last that reads it.
    private struct Life {
        let map: FeatureMap
        let first: Int
        var last: Int
    }

    init(_ steps: [any InferenceStep]) {
        var placed: [(life: Life, memory: Range<Int>)] = []
        // Large maps first: small ones find room between them.
        for life in Self.lives(steps).sorted(by: { ($0.map.shape.count, $1.first) > ($1.map.shape.count, $0.first) }) {
            let size = (life.map.shape.count + 15) / 16 * 16
            let taken = placed.filter { $0.life.first <= life.last && life.first <= $0.life.last }.map(\.memory)
            var offset = 0
            for memory in taken.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                if memory.lowerBound >= offset + size { break }
                offset = max(offset, memory.upperBound)
            }
            placed.append((life, offset..<offset + size))
            places.append((life.map, offset))
            count = max(count, offset + size)
        }
    }

    private static func lives(_ steps: [any InferenceStep]) -> [Life] {
        var lives: [ObjectIdentifier: Life] = [:]
        var read: Set<ObjectIdentifier> = []
        for (index, step) in steps.enumerated() {
            for map in step.inputs {
                lives[ObjectIdentifier(map)]?.last = index
                read.insert(ObjectIdentifier(map))
            }
            for map in step.outputs { lives[ObjectIdentifier(map)] = Life(map: map, first: index, last: index) }
        }
        return lives.filter { read.contains($0.key) }.map(\.value)
    }
}
