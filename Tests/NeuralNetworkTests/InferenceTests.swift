import TestSupport
import Testing

@testable import NeuralNetwork

/// Graphs that infer fold normalisation and activation into the convolutions; with running statistics of the training graph's batch they
/// must give what that graph's readers see.
@Suite struct InferenceTests {
    private static func build(_ graph: Graph, _ input: FeatureMap) -> [FeatureMap] {
        let lazy = graph.pointwise([input], "lazy", channels: 20, activation: .hardSwish)
        let depth = graph.depthwise(lazy, "depth", kernel: 5, activation: .hardSwish)
        let strided = graph.depthwise(depth, "strided", kernel: 3, stride: 2)
        let small = graph.convolution(strided, "small", channels: 20, kernel: 3, activation: .hardSwish)
        let biased = graph.pointwise([lazy, depth], "biased", channels: 20, .bias, activation: .hardSwish)
        let sum = graph.sum([(biased, 0.5), (small, 1), (depth, 1)], "sum", activation: .hardSwish)
        let attended = graph.selfAttention(graph.sum([(sum, 1)], "plain"), "attended", heads: 2)
        let blocks = graph.spaceToDepth(lazy, "blocks")
        let bare = graph.pointwise([blocks], "bare", channels: 12, .nothing, activation: .hardSwish)
        let maps = graph.spatialSoftmax(bare, "maps", points: 3, sub: 2, gain: 4)
        let row = graph.flatten(graph.depthToSpace(small, "spread"), "row")
        let dense = graph.pointwise([row, graph.averagePool(strided, "pool")], "dense", channels: 7, .bias)
        return [lazy, depth, strided, small, biased, sum, attended, bare, maps.heat, maps.position, dense]
    }

    private let weights = ParameterSet()
    private let statistics = ParameterSet()
    private let shape = (height: 6, width: 8, channels: 5)

    private func graph(_ mode: Graph.Mode, batch: Int) -> (graph: Graph, input: FeatureMap, outputs: [FeatureMap]) {
        let graph = Graph(mode, batch: batch, weights: weights, statistics: statistics)
        let input = graph.input(height: shape.height, width: shape.width, channels: shape.channels)
        return (graph, input, Self.build(graph, input))
    }

    private func randomise() {
        for (index, parameter) in weights.parameters.enumerated() {
            _ = parameter.values.update(fromContentsOf: uniform(parameter.count, seed: UInt64(index)))
        }
    }

    @Test func foldedNormalisationGivesWhatTrainingGave() {
        let trained = graph(.training, batch: 4)
        randomise()
        let values = uniform(trained.input.shape.count, -2, 2, seed: 9)
        _ = trained.input.values.elements.update(fromContentsOf: values)
        trained.graph.prepare()
        trained.graph.forward()
        Graph.updateRunningStatistics([trained.graph], share: 1)
        let wanted = trained.outputs.map(\.valuesAsRead)
        for batch in [4, 1] {
            let inferring = graph(.inference, batch: batch)
            inferring.graph.prepare()
            for first in stride(from: 0, to: 4, by: batch) {
                let count = inferring.input.shape.count
                let start = first * count / batch
                _ = inferring.input.values.elements.update(fromContentsOf: values[start..<start + count])
                inferring.graph.forward()
                for (number, output) in inferring.outputs.enumerated() {
                    #expect(output.isPlain)
                    let start = first * output.shape.count / batch
                    let part = wanted[number][start..<start + output.shape.count]
                    let largest = part.reduce(0) { max($0, abs($1)) }
                    let worst = zip(output.values.elements, part).reduce(0) { max($0, abs($1.0 - $1.1)) }
                    #expect(worst <= 2e-5 * max(1, largest), "output \(number), batch \(batch)")
                }
            }
        }
    }

    @Test func preparingAgainTakesOverNewWeights() {
        let inferring = graph(.inference, batch: 1)
        randomise()
        inferring.input.values.fill(0.5)
        inferring.graph.prepare()
        inferring.graph.forward()
        let before = inferring.outputs.map { Array($0.values.elements) }
        weights["lazy.weight"]!.values[0] += 1
        inferring.graph.forward()
        #expect(inferring.outputs[0].values.elements.elementsEqual(before[0]))
        inferring.graph.prepare()
        inferring.graph.forward()
        #expect(!inferring.outputs[0].values.elements.elementsEqual(before[0]))
    }

    /// Two threads' batches, and twice the same statistics in one graph.
    @Test func runningStatisticsMoveTowardsTheMeanOfTheBatches() throws {
        func graph(_ seed: UInt64) -> Graph {
            let graph = Graph(.training, batch: 1, weights: weights, statistics: statistics)
            let input = graph.input(height: 2, width: 2, channels: 1)
            _ = graph.pointwise([input], "a", channels: 1)
            _ = input.values.elements.update(fromContentsOf: seed == 1 ? [1, 3, 1, 3] : [4, 8, 4, 8])
            return graph
        }
        let graphs = [graph(1), graph(2)]
        try #require(weights["a.weight"]).values[0] = 1
        for graph in graphs { graph.forward() }
        Graph.updateRunningStatistics(graphs, share: 0.25)
        // Means 2 and 6, variances 1 and 4, from 0 and 1.
        #expect(abs(statistics["a.norm.mean"]!.values[0] - 0.25 * 4) < 1e-6)
        #expect(abs(statistics["a.norm.variance"]!.values[0] - (1 + 0.25 * 1.5)) < 1e-6)
    }
}
