import TestSupport
import Testing

@testable import NeuralNetwork

/// The spatial transformer's layers, and those of the reference layout.
@Suite struct SpatialTransformerTests {
    /// A map of constants plus a fiftieth of an input: bilinear weights have kinks at whole places, so that cuts may move a little only.
    private static func cut(_ graph: Graph, _ numbers: [Float], _ small: FeatureMap) -> FeatureMap {
        let fixed = graph.input(height: 1, width: 1, channels: 4)
        for i in 0..<fixed.shape.count { fixed.values[i] = numbers[i % 4] }
        return graph.sum([(fixed, 1), (small, 0.02)], "cut")
    }

    @Test func sampling() {
        GradientCheck([(2, 2, 3), (1, 1, 4)]) { graph, x in
            // Places at 0.25 and 0.75 of a 2×2 map fall between its places, none within 0.1 of one.
            let cut = Self.cut(graph, [0.56, 0.23, 0.31, 0.11], x[1])
            let lazy = graph.pointwise([x[0]], "a", channels: 5, activation: .hardSwish)
            return [graph.sample(lazy, by: cut, "s"), graph.sample(x[0], by: cut, "t")]
        }.run()
    }

    @Test func placesAreThoseThatTheSimilaritySays() {
        let graph = Graph(.inference, batch: 1, weights: ParameterSet(), statistics: ParameterSet())
        let map = graph.input(height: 8, width: 8, channels: 1)
        for i in 0..<64 { map.values[i] = Float(i % 8) + 0.5 }  // x in places, so that bilinear is exact
        let cut = graph.input(height: 1, width: 1, channels: 4)
        let numbers: [Float] = [0.5, 0.1, 0.25, 0.2]
        for k in 0..<4 { cut.values[k] = numbers[k] }
        let sampled = graph.sample(map, by: cut, "s")
        graph.forward()
        for i in 0..<8 {
            for j in 0..<8 {
                let (u, v) = ((Float(j) + 0.5) / 8, (Float(i) + 0.5) / 8)
                let x = 8 * (0.5 * u - 0.1 * v + 0.25)
                #expect(abs(sampled.values[i * 8 + j] - x) < 1e-4)
            }
        }
    }

    @Test func outsideIsZero() {
        let graph = Graph(.inference, batch: 1, weights: ParameterSet(), statistics: ParameterSet())
        let map = graph.input(height: 4, width: 4, channels: 2)
        map.values.fill(3)
        let cut = graph.input(height: 1, width: 1, channels: 4)
        for (k, number) in [Float(1), 0, 0.5, .nan].enumerated() { cut.values[k] = number }
        let sampled = graph.sample(map, by: cut, "s")
        graph.forward()
        #expect(sampled.values.elements.allSatisfy { $0 == 0 }, "a cut that is no number shows nothing")
        cut.values[3] = 0
        graph.forward()
        #expect(sampled.values[0] == 3 && sampled.values[2 * 2] == 0, "the right half lies outside")
    }

    private static let template: [Float] = [0.2, 0.8, 0.5, 0.3, 0.7, 0.3, 0.35, 0.55, 0.8, 0.75]

    @Test func fitOfPointsNearTheTemplate() {
        let check = GradientCheck([(1, 1, 10)]) { graph, x in
            let near = graph.input(height: 1, width: 1, channels: 10)
            for i in 0..<near.shape.count { near.values[i] = Self.template[i % 10] }
            let fit = graph.similarityFit(graph.sum([(near, 1), (x[0], 0.1)], "p"), "f")
            return [fit, graph.composition(fit, fit, "c"), graph.transform(near, by: fit, "t")]
        }
        guard let template = check.graph.statistics["f.template"] else { return #expect(Bool(false), "no template") }
        _ = template.values.update(fromContentsOf: Self.template)
        check.run()
    }

    @Test func theFitUndoesASimilarity() throws {
        let graph = Graph(.inference, batch: 2, weights: ParameterSet(), statistics: ParameterSet())
        let points = graph.input(height: 1, width: 1, channels: 10)
        let fit = graph.similarityFit(points, "f")
        _ = try #require(graph.statistics["f.template"]).values.update(fromContentsOf: Self.template)
        let wanted: [Float] = [0.9, 0.2, 0.1, -0.05]
        for i in 0..<5 {
            let (x, y) = (Self.template[i], Self.template[5 + i])
            points.values[i] = wanted[0] * x - wanted[1] * y + wanted[2]
            points.values[5 + i] = wanted[1] * x + wanted[0] * y + wanted[3]
            // The second image's points lie all in one place: no cut that a tracker would lay.
            (points.values[10 + i], points.values[15 + i]) = (0.5, 0.5)
        }
        graph.forward()
        for k in 0..<4 { #expect(abs(fit.values[k] - wanted[k]) < 1e-5) }
        #expect((4..<8).map { fit.values[$0] } == [1, 0, 0, 0])
    }

    @Test func transformAndComposition() {
        GradientCheck([(1, 1, 10), (1, 1, 4), (1, 1, 4)]) { graph, x in
            let plain = x.map { graph.sum([($0, 1)], "plain\($0.shape.channels)") }
            return [
                graph.transform(plain[0], by: plain[1], "t"), graph.composition(plain[1], plain[2], "c"),
                graph.transform(plain[0], by: graph.composition(plain[2], plain[1], "d"), "u"),
            ]
        }.run()
    }

    /// Numbers so far apart that no step changes the largest.
    @Test func maxPooling() {
        let check = GradientCheck([(4, 6, 5)], range: 8) { graph, x in [graph.maxPool(x[0], "m")] }
        let values = check.inputs[0].values.elements
        for i in 0..<values.count { values[i] = Float((i * 37) % 240) / 10 - 12 }
        check.run()
    }

    @Test func concatenation() {
        GradientCheck([(3, 5, 4), (3, 5, 7)]) { graph, x in
            let lazy = graph.pointwise([x[0]], "a", channels: 6, activation: .hardSwish)
            return [graph.convolution(graph.concatenation([lazy, x[1]], "j"), "c", channels: 3, kernel: 3)]
        }.run()
    }

    @Test(arguments: [7, 13]) func largeConvolutions(kernel: Int) {
        GradientCheck([(5, 6, 3)], tolerance: 5e-3) { graph, x in
            [graph.convolution(x[0], "c", channels: 4, kernel: kernel, activation: .hardSwish)]
        }.run()
    }

    /// Means and covariances of a map against sums over its places, and their gradient against differences.
    @Test func spreadsOfHeatmaps() {
        let graph = Graph(.training, batch: 1, weights: ParameterSet(), statistics: ParameterSet())
        let logits = graph.input(height: 3, width: 4, channels: 4 * 3)
        _ = logits.values.elements.update(fromContentsOf: uniform(logits.shape.count, seed: 4))
        let maps = graph.spatialSoftmax(logits, "m", points: 3, sub: 2, gain: 5)
        graph.forward()
        let spreads = maps.spreads(image: 0)
        for l in 0..<3 {
            #expect(abs(spreads[l].mean.x - maps.position.values[l]) < 1e-5)
            #expect(abs(spreads[l].mean.y - maps.position.values[3 + l]) < 1e-5)
            #expect(spreads[l].covariance.x > 0.01 && spreads[l].covariance.z > 0.01)
        }
        let directions = (0..<3).map { l in
            let r = uniform(5, seed: UInt64(l + 9))
            return SpatialSoftmax.Spread(mean: SIMD2(r[0], r[1]), covariance: SIMD3(r[2], r[3], r[4]))
        }
        func loss() -> Double {
            graph.forward()
            return zip(maps.spreads(image: 0), directions).reduce(0) {
                $0 + Double(($1.0.mean * $1.1.mean).sum() + ($1.0.covariance * $1.1.covariance).sum())
            }
        }
        var gradient = [Float](repeating: 0, count: logits.shape.count)
        gradient.withUnsafeMutableBufferPointer { maps.spreadGradient(of: spreads, directions, into: $0) }
        // Through the softmax, whose own gradient is tested elsewhere: dz = p·(dp − Σ p·dp), for each landmark.
        let heat = Array(maps.heat.values.elements)
        var slopes = [Float](repeating: 0, count: gradient.count)
        for l in 0..<3 {
            let places = stride(from: l, to: gradient.count, by: 3)
            let mean = places.reduce(Float(0)) { $0 + heat[$1] / 5 * gradient[$1] * 5 }
            for i in places { slopes[i] = heat[i] / 5 * (gradient[i] * 5 - mean) }
        }
        let direction = uniform(gradient.count, seed: 77)
        let wanted = slope(of: loss, moving: logits.values.elements, along: direction, step: 0.01)
        let found = zip(slopes, direction).reduce(0) { $0 + Double($1.0 * $1.1) }
        #expect(abs(found - wanted) < 2e-3 * max(0.1, abs(wanted)), "\(found), not \(wanted)")
    }
}
