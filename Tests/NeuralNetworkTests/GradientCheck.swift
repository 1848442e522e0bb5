import Base
import TestSupport
import Testing

@testable import NeuralNetwork

/// Compares a small graph's gradients with differences of its forward run.
///
/// The loss is Σ r·y over all outputs y, as their readers see them, with random r. Scales of normalisation are kept near a half, so that
/// arguments of hard swish stay away from its kinks at ±3.
struct GradientCheck {
    let graph: Graph
    /// The graph's inputs, whose gradients are checked too.
    let inputs: [FeatureMap]
    let outputs: [FeatureMap]
    private let directions: [[Float]]
    private let tolerance: Double

    /// - Parameters:
    ///   - shapes: of the inputs: height, width, channels.
    ///   - range: inputs are uniform in ±range.
    ///   - tolerance: of each gradient, relative to the largest of its array.
    init(
        batch: Int = 2, _ shapes: [(Int, Int, Int)], range: Double = 1, tolerance: Double = 2e-3,
        _ build: (Graph, [FeatureMap]) -> [FeatureMap]
    ) {
        let graph = Graph(.training, batch: batch, weights: ParameterSet(), statistics: ParameterSet(), seed: 7)
        let inputs = shapes.map { height, width, channels in
            graph.register(
                FeatureMap(
                    MapShape(batch: batch, height: height, width: width, channels: channels), needsGradient: true))
        }
        (self.graph, self.inputs, self.tolerance) = (graph, inputs, tolerance)
        outputs = build(graph, inputs)
        directions = outputs.enumerated().map { uniform($1.shape.count, seed: UInt64(100 + $0)) }
        for (index, input) in inputs.enumerated() {
            fill(input.values.elements, -range, range, seed: UInt64(index + 1))
        }
        for (index, parameter) in graph.weights.parameters.enumerated() {
            let gamma = parameter.name.hasSuffix(".gamma")
            fill(parameter.values, gamma ? 0.4 : -0.5, gamma ? 0.7 : 0.5, seed: UInt64(index + 50))
        }
    }

    /// Forward, then backward from the random directions; every parameter and every input is checked.
    func run(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(loss().isFinite, sourceLocation: sourceLocation)
        graph.beginBackward()
        for (output, direction) in zip(outputs, directions) {
            direction.withUnsafeBufferPointer { output.addGradient($0) }
        }
        graph.backward()
        let gradients = graph.gradients!.elements
        for parameter in graph.weights.parameters {
            compare(parameter.name, parameter.values, Array(gradients[parameter.range]), sourceLocation)
        }
        for (index, input) in inputs.enumerated() {
            compare("input \(index)", input.values.elements, Array(input.gradient.elements), sourceLocation)
        }
    }

    /// Some single numbers, and all at once along a random direction.
    private func compare(
        _ name: String, _ values: UnsafeMutableBufferPointer<Float>, _ gradient: [Float], _ place: SourceLocation
    ) {
        let largest = gradient.reduce(0) { max($0, abs(Double($1))) }
        #expect(largest > 1e-4, "\(name): no gradient", sourceLocation: place)
        var random = SplitMix64(seed: UInt64(values.count))
        for index in Set((0..<16).map { _ in Int.random(in: values.indices, using: &random) }) {
            var direction = [Float](repeating: 0, count: values.count)
            direction[index] = 1
            let wanted = slope(of: loss, moving: values, along: direction, step: 0.02)
            let error = abs(Double(gradient[index]) - wanted)
            #expect(
                error <= tolerance * max(largest, 0.1), "\(name)[\(index)]: \(gradient[index]), not \(wanted)",
                sourceLocation: place)
        }
        let direction = uniform(values.count, seed: UInt64(values.count + 1))
        let found = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        let size = zip(gradient, direction).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
        let wanted = slope(of: loss, moving: values, along: direction, step: 0.005)
        #expect(
            abs(found - wanted) <= tolerance * max(size, 1), "\(name), all: \(found), not \(wanted)",
            sourceLocation: place)
    }

    private func loss() -> Double {
        graph.prepare()
        graph.forward()
        var sum = 0.0
        for (output, direction) in zip(outputs, directions) {
            for (value, factor) in zip(output.valuesAsRead, direction) { sum += Double(value) * Double(factor) }
        }
        return sum
    }

    private func fill(_ values: UnsafeMutableBufferPointer<Float>, _ low: Double, _ high: Double, seed: UInt64) {
        _ = values.update(fromContentsOf: uniform(values.count, low, high, seed: seed))
    }
}

extension FeatureMap {
    /// All values as a reader sees them.
    var valuesAsRead: [Float] {
        [Float](unsafeUninitializedCapacity: shape.count) { buffer, count in
            read(0, shape.rows, into: buffer.baseAddress!, stride: shape.channels)
            count = shape.count
        }
    }
}
