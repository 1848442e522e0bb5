import Testing

@testable import NeuralNetwork

/// Gradients of every layer against differences of its forward run, in small graphs of odd sizes. A layer reads either an input as it is
/// or what a pointwise convolution left: raw sums, normalised and activated by the reader.
@Suite struct GradientTests {
    @Test(arguments: [PostConvolution.nothing, .bias, .normalization()], [Activation.identity, .hardSwish])
    func pointwise(following: PostConvolution, activation: Activation) {
        GradientCheck([(5, 3, 7)]) { graph, x in
            [graph.pointwise([x[0]], "p", channels: 19, following, activation: activation)]
        }.run()
    }

    @Test func pointwiseOfSeveralMapsReadLazily() {
        GradientCheck([(3, 5, 6), (3, 5, 17)]) { graph, x in
            let normalized = graph.pointwise([x[0]], "a", channels: 9, activation: .hardSwish)
            let biased = graph.pointwise([x[1]], "b", channels: 5, .bias, activation: .hardSwish)
            return [graph.pointwise([normalized, x[1], biased], "p", channels: 11)]
        }.run()
    }

    @Test func pointwiseOfMoreRowsThanAChunk() {
        GradientCheck([(21, 19, 3)]) { graph, x in
            let lazy = graph.pointwise([x[0]], "a", channels: 5, activation: .hardSwish)
            return [graph.pointwise([lazy], "p", channels: 4, activation: .hardSwish)]
        }.run()
    }

    @Test(arguments: [(3, 1), (3, 2), (5, 1), (5, 2), (7, 1)], [(5, 7), (6, 9)])
    func depthwise(kernel: (size: Int, stride: Int), size: (height: Int, width: Int)) {
        GradientCheck([(size.height, size.width, 5)]) { graph, x in
            let lazy = graph.pointwise([x[0]], "a", channels: 19, activation: .hardSwish)
            return [
                graph.depthwise(lazy, "d", kernel: kernel.size, stride: kernel.stride, activation: .hardSwish),
                graph.depthwise(x[0], "e", kernel: kernel.size, stride: kernel.stride, .bias),
            ]
        }.run()
    }

    @Test(arguments: [(3, 1), (3, 2), (5, 2)], [(5, 7), (6, 4)])
    func convolution(kernel: (size: Int, stride: Int), size: (height: Int, width: Int)) {
        GradientCheck([(size.height, size.width, 3)]) { graph, x in
            let lazy = graph.pointwise([x[0]], "a", channels: 5, activation: .hardSwish)
            return [
                graph.convolution(
                    lazy, "c", channels: 18, kernel: kernel.size, stride: kernel.stride, activation: .hardSwish),
                graph.convolution(x[0], "e", channels: 3, kernel: kernel.size, stride: kernel.stride, .bias),
            ]
        }.run()
    }

    /// 27 × 40 floats a row of patches: bands of 30 rows.
    @Test func convolutionInSeveralBands() {
        GradientCheck([(70, 80, 3)], tolerance: 5e-3) { graph, x in
            [graph.convolution(x[0], "c", channels: 4, kernel: 3, stride: 2, activation: .hardSwish)]
        }.run()
    }

    @Test(arguments: [Activation.identity, .hardSwish]) func sumWithHalfSizeAndGains(activation: Activation) {
        GradientCheck([(4, 6, 5), (2, 3, 5)]) { graph, x in
            let fine = graph.pointwise([x[0]], "a", channels: 5)
            let half = graph.pointwise([x[1]], "b", channels: 5, activation: .hardSwish)
            return [
                graph.sum([(x[0], 1), (fine, 0.25), (half, -0.5)], "s", activation: activation),
                graph.sum([(fine, 0.5), (x[1], 1), (x[0], 0.3)], "t", activation: activation),
            ]
        }.run()
    }

    @Test func rearrangements() {
        GradientCheck([(4, 6, 8)]) { graph, x in
            let lazy = graph.pointwise([x[0]], "a", channels: 12, activation: .hardSwish)
            return [
                graph.spaceToDepth(lazy, "s"), graph.depthToSpace(lazy, "d"), graph.spaceToDepth(x[0], "t"),
                graph.depthToSpace(x[0], "e"),
            ]
        }.run()
    }

    @Test func flatteningAndPooling() {
        GradientCheck([(5, 3, 4)]) { graph, x in
            let lazy = graph.pointwise([x[0]], "a", channels: 7, activation: .hardSwish)
            let row = graph.flatten(lazy, "f")
            return [
                graph.pointwise([row], "p", channels: 9, .bias, activation: .hardSwish), graph.averagePool(lazy, "m"),
                graph.averagePool(x[0], "n"),
            ]
        }.run()
    }

    @Test(arguments: [1, 3]) func selfAttention(heads: Int) {
        GradientCheck([(3, 5, 12)]) { graph, x in
            let plain = graph.sum([(x[0], 1), (graph.pointwise([x[0]], "a", channels: 12), 1)], "s")
            return [graph.selfAttention(plain, "t", heads: heads)]
        }.run()
    }

    @Test(arguments: [1, 2]) func spatialSoftmaxByExpectation(sub: Int) {
        GradientCheck([(5, 3, 4)]) { graph, x in
            let logits = graph.pointwise([x[0]], "a", channels: sub * sub * 5, activation: .hardSwish)
            let maps = graph.spatialSoftmax(logits, "m", points: 5, sub: sub, gain: 9)
            return [maps.heat, maps.position]
        }.run()
    }

    /// Logits are so far apart that no step moves a peak, and with it the window.
    @Test func spatialSoftmaxByWindow() {
        GradientCheck([(5, 4, 12)], range: 8) { graph, x in
            let maps = graph.spatialSoftmax(x[0], "m", points: 3, sub: 2, gain: 4, decoding: .window(radius: 2))
            return [maps.position, maps.heat, graph.averagePool(x[0], "n")]
        }.run()
    }

    /// A map with several readers of each kind gets all their gradients; one without any gets zeros.
    @Test func manyReaders() {
        GradientCheck([(4, 4, 6)]) { graph, x in
            let shared = graph.pointwise([x[0]], "a", channels: 6, activation: .hardSwish)
            return [
                graph.sum(
                    [
                        (graph.pointwise([shared], "b", channels: 6), 1), (shared, 1),
                        (graph.depthwise(shared, "c", kernel: 3), 0.5),
                        (graph.convolution(shared, "d", channels: 6, kernel: 3), 1),
                    ], "s"), shared,
            ]
        }.run()
    }

    /// Passes share weights; each normalises by itself.
    @Test func weightsUsedTwice() {
        GradientCheck([(4, 4, 6)]) { graph, x in
            let once = graph.pointwise(
                [x[0]], "a", channels: 6, .normalization(statistics: ".pass0"), activation: .hardSwish)
            return [
                graph.pointwise(
                    [once], "a", channels: 6, .normalization(statistics: ".pass1"), activation: .hardSwish)
            ]
        }.run()
    }
}
