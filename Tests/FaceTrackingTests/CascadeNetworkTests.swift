import NeuralNetwork
import TestSupport
import Testing

@testable import FaceTracking

/// The cascade's graph as trackers run it, against the one that trains.
@Suite struct CascadeNetworkTests {
    private static func configuration(_ change: (inout CascadeConfiguration) -> Void = { _ in }) -> CascadeConfiguration
    {
        var configuration = CascadeConfiguration()
        (configuration.scheme, configuration.points, configuration.crop) = ("five", 5, 48)
        (configuration.width, configuration.deepWidth, configuration.attentionHeads) = (12, 18, 3)
        change(&configuration)
        return configuration
    }

    private static let prior = [
        SIMD2(0.3, 0.4), SIMD2(0.7, 0.4), SIMD2(0.5, 0.6), SIMD2(0.35, 0.75), SIMD2(0.65, 0.8),
    ]

    /// A training network that has run on random crops, the second with a prior, and whose statistics are those of that run.
    private func trained(_ configuration: CascadeConfiguration, _ weights: ModelWeights) -> CascadeNetwork {
        let network = CascadeNetwork(
            configuration, .training, batch: 3, passes: configuration.passes, weights: weights)
        for (index, parameter) in weights.trained.parameters.enumerated()
        where parameter.shape.count == 1 || ["pass.offset.weight", "pass.place.weight"].contains(parameter.name) {
            let gamma = parameter.name.hasSuffix(".gamma")
            _ = parameter.values.update(
                fromContentsOf: uniform(parameter.count, gamma ? 0.5 : -0.5, gamma ? 1.5 : 0.5, seed: UInt64(index)))
        }
        let crop = network.crop.values.elements
        _ = crop.update(fromContentsOf: uniform(crop.count, seed: 2))
        network.setPrior(Self.prior, image: 1)
        network.graph.prepare()
        network.graph.forward()
        Graph.updateRunningStatistics([network.graph], share: 1)
        return network
    }

    /// Runs image `image` of `network` in a graph that infers, as a tracker does: features, then pass after pass.
    private func infer(_ image: Int, of network: CascadeNetwork, _ weights: ModelWeights, passes: Int)
        -> CascadeNetwork
    {
        let single = CascadeNetwork(network.configuration, .inference, batch: 1, passes: passes, weights: weights)
        let count = single.crop.shape.count
        _ = single.crop.values.elements.update(
            fromContentsOf: network.crop.values.elements[image * count..<(image + 1) * count])
        single.setPrior(image == 1 ? Self.prior : nil, image: 0)
        single.graph.prepare()
        single.graph.forward(single.featureLayers)
        for pass in single.passes { single.graph.forward(pass.layers) }
        return single
    }

    /// One pass where the statistics are shared: further passes would need statistics of their own to agree.
    @Test(arguments: [
        configuration(), configuration { ($0.separateStatistics, $0.passes) = (false, 1) },
        configuration { ($0.attention, $0.sharedUnit, $0.channels) = (false, false, 1) },
        configuration { ($0.heatmapAttention, $0.stem) = (true, .patches) },
        configuration { ($0.layout, $0.crop, $0.width) = (.reference, 64, 3) },
    ])
    func trackersSeeWhatTrainingSaw(configuration: CascadeConfiguration) {
        let weights = ModelWeights()
        let network = trained(configuration, weights)
        for image in 0..<3 {
            let single = infer(image, of: network, weights, passes: configuration.passes)
            // The reference layout adds up thousands of products for each number: rounding shows one digit earlier.
            let rounding = configuration.layout == .reference ? 1e-3 : 1e-4
            for pass in 0..<configuration.passes {
                let found = single.landmarks(pass: pass, image: 0)
                let wanted = network.landmarks(pass: pass, image: image)
                for (a, b) in zip(found, wanted) { #expect((a - b).length < rounding, "image \(image), pass \(pass)") }
                let presence = single.presence(pass: pass, image: 0)
                #expect(abs(presence - network.presence(pass: pass, image: image)) < 1e-4)
                let (peak, trainedPeak) = (
                    single.passes[pass].heatmaps.peak(image: 0, point: 3),
                    network.passes[pass].heatmaps.peak(image: image, point: 3)
                )
                #expect(abs(peak - trainedPeak) < 1e-4)
            }
        }
        // The reference layout starts from heatmaps of its own; the random crops differ there too.
        #expect((network.landmarks(pass: 0, image: 0)[0] - network.landmarks(pass: 0, image: 1)[0]).length > 1e-3)
    }

    @Test func passesBeyondTheTrainedOnesUseTheLastStatistics() throws {
        let configuration = Self.configuration()
        let weights = ModelWeights()
        let network = trained(configuration, weights)
        let long = infer(0, of: network, weights, passes: 3)
        #expect(weights.statistics.parameters.allSatisfy { !$0.name.hasSuffix(".pass2") })
        // A single pass that starts where the second ended, with the second's statistics, is the third.
        for parameter in weights.statistics.parameters where parameter.name.hasSuffix(".pass0") {
            let last = try #require(weights.statistics[String(parameter.name.dropLast()) + "1"])
            _ = parameter.values.update(fromContentsOf: last.values)
        }
        let third = CascadeNetwork(configuration, .inference, batch: 1, passes: 1, weights: weights)
        _ = third.crop.values.elements.update(fromContentsOf: long.crop.values.elements)
        _ = third.prior.values.elements.update(fromContentsOf: long.passes[1].heatmaps.heat.values.elements)
        _ = third.carried.values.elements.update(fromContentsOf: long.passes[1].carried.values.elements)
        third.graph.prepare()
        third.graph.forward()
        #expect(third.landmarks(pass: 0, image: 0) == long.landmarks(pass: 2, image: 0))
        #expect(third.presence(pass: 0, image: 0) == long.presence(pass: 2, image: 0))
    }

    @Test func priorsAreGaussiansOrFlat() {
        var configuration = Self.configuration()
        configuration.sigma = 6
        let network = CascadeNetwork(configuration, .inference, batch: 2, passes: 1, weights: ModelWeights())
        network.setPrior(Self.prior, image: 1)
        let (values, map) = (network.prior.values.elements, configuration.map)
        #expect(values[..<(map * map * 5)].allSatisfy { abs($0 - 1.0 / 16) < 1e-6 })
        for point in 0..<5 {
            var (mass, mean) = (0.0, SIMD2<Double>())
            for row in 0..<map {
                for column in 0..<map {
                    // Cells of 2×2 places: (dy·2 + dx)·L + l within a cell.
                    let cell = (row / 2) * (map / 2) + column / 2
                    let index = map * map * 5 + (cell * 4 + (row % 2) * 2 + column % 2) * 5 + point
                    let value = Double(values[index]) / Double(configuration.heatGain)
                    mass += value
                    mean += value * SIMD2(Double(column) + 0.5, Double(row) + 0.5) / Double(map)
                }
            }
            #expect(abs(mass - 1) < 1e-5)
            // The border cuts off a tail.
            #expect((mean - Self.prior[point]).length < 0.03)
        }
    }
}
