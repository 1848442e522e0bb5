import CKernels
import TestSupport
import Testing

@testable import NeuralNetwork

/// A plan must give what its graph gives, whatever it fuses.
@Suite struct InferencePlanTests {
    private static let shape = (height: 12, width: 20, channels: 6)

    /// Results, which no layer reads, of every kind of layer and every fusion.
    private static func build(_ graph: Graph, _ input: FeatureMap) -> [FeatureMap] {
        let stem = graph.convolution(input, "stem", channels: 10, kernel: 3, stride: 2, activation: .hardSwish)
        let block = residual(graph, stem, "block", channels: 10, kernel: 5)
        let down = residual(graph, block, "down", channels: 17, stride: 2)
        let bare = graph.pointwise(
            [graph.depthwise(block, "bare.depthwise", kernel: 3)], "bare", channels: 9, .bias, activation: .hardSwish)
        let normalized = graph.pointwise([down], "plain", channels: 12)
        // Lines of 5 positions: half of the stem's 10, doubled again by the sum.
        let merged = graph.sum(
            [
                (graph.pointwise([stem], "lateral", channels: 12), 1), (normalized, 1),
                (graph.pointwise([bare], "gained", channels: 12, .bias), 0.5),
            ], "merged", activation: .hardSwish)
        let blocks = graph.pointwise([graph.spaceToDepth(merged, "blocks")], "deep", channels: 8)
        // Two linear layers after each other are one.
        let thin = graph.pointwise([blocks, normalized], "thin", channels: 24)
        let wide = graph.pointwise([down, thin], "wide", channels: 4, activation: .hardSwish)
        let attended = graph.selfAttention(graph.sum([(wide, 1)], "copy"), "attended", heads: 2)
        let maps = graph.spatialSoftmax(
            graph.pointwise([attended], "logits", channels: 12, .bias), "maps", points: 3, sub: 2, gain: 4)
        let row = graph.flatten(graph.depthToSpace(attended, "spread"), "row")
        let offset = graph.pointwise(
            [
                graph.pointwise(
                    [row, graph.averagePool(down, "pool")], "hidden", channels: 7, .bias, activation: .hardSwish)
            ],
            "offset", channels: 6, .bias)
        let position = graph.sum([(maps.position, 1), (offset, 0.05)], "position")
        let scaled = graph.sum([(merged, 0.25), (bare.withChannels(of: merged, graph), 1)], "scaled")
        return [maps.heat, position, scaled]
    }

    private static func residual(
        _ graph: Graph, _ input: FeatureMap, _ name: String, channels: Int, stride: Int = 1, kernel: Int = 3
    ) -> FeatureMap {
        let expanded = graph.pointwise(
            [input], name + ".expand", channels: 2 * input.shape.channels, activation: .hardSwish)
        let filtered = graph.depthwise(
            expanded, name + ".depthwise", kernel: kernel, stride: stride, activation: .hardSwish)
        let projected = graph.pointwise([filtered], name + ".project", channels: channels)
        return stride == 1 ? graph.sum([(input, 1), (projected, 1)], name + ".sum") : projected
    }

    private let weights = ParameterSet()
    private let statistics = ParameterSet()

    private func graph() -> (graph: Graph, input: FeatureMap, outputs: [FeatureMap]) {
        let graph = Graph(.inference, batch: 1, weights: weights, statistics: statistics)
        let input = graph.input(height: Self.shape.height, width: Self.shape.width, channels: Self.shape.channels)
        return (graph, input, Self.build(graph, input))
    }

    /// Weights and running statistics of a network that has been trained for a while, as far as a plan can tell.
    private func randomise() {
        for (index, parameter) in (weights.parameters + statistics.parameters).enumerated() {
            let positive = parameter.name.contains("variance") || parameter.name.hasSuffix("gamma")
            _ = parameter.values.update(
                fromContentsOf: uniform(
                    parameter.count, positive ? 0.5 : -0.5, positive ? 1.5 : 0.5, seed: UInt64(index)))
        }
    }

    @Test(arguments: 0...lm_best_level()) func planGivesWhatTheGraphGives(level: Int32) {
        let reference = graph()
        let tolerance: Float = lm_table_at(level).pointee.prefers_16_bits == 0 ? 2e-5 : 2e-3
        randomise()
        reference.graph.prepare()
        // Two stages: nothing is fused across their border.
        for border in [reference.graph.layers.count / 2, 0] {
            let planned = graph()
            let plan = InferencePlan(
                planned.graph, stages: [0..<border, border..<planned.graph.layers.count], level: level)
            // The second picture finds the memory as the first has left it.
            for seed in 1...2 as ClosedRange<UInt64> {
                let values = uniform(reference.input.shape.count, -2, 2, seed: seed)
                for input in [reference.input, planned.input] {
                    _ = input.values.elements.update(fromContentsOf: values)
                }
                reference.graph.forward()
                plan.run(0)
                plan.run(1)
                for (number, (wanted, found)) in zip(reference.outputs, planned.outputs).enumerated() {
                    let largest = wanted.values.elements.reduce(1) { max($0, abs($1)) }
                    let worst = zip(wanted.values.elements, found.values.elements).reduce(0) {
                        max($0, abs($1.0 - $1.1))
                    }
                    #expect(worst <= tolerance * largest, "output \(number), border \(border), picture \(seed)")
                }
            }
        }
    }

    @Test func residualsSumsViewsAndLinearLayersAreFused() {
        let planned = graph()
        let plan = InferencePlan(planned.graph, stages: [planned.graph.layers.indices])
        let names = plan.steps(of: 0).map(\.name)
        #expect(
            names == [
                "stem", "block.sum", "down.project", "bare", "plain", "merged", "deep", "wide", "copy", "attended.norm",
                "attended.qkv", "attended", "attended.residual", "logits", "maps", "spread", "row", "pool", "hidden",
                "position", "fitted", "scaled",
            ])
    }
}

extension FeatureMap {
    /// A projection to the channels of another map.
    fileprivate func withChannels(of other: FeatureMap, _ graph: Graph) -> FeatureMap {
        graph.pointwise([self], "fitted", channels: other.shape.channels, .bias, activation: .hardSwish)
    }
}
