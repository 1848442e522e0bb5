import CKernels

/// Multi-head scaled dot-product attention between all positions of an image, on queries, keys and values side by side.
///
/// Shapes: input `[N, H, W, 3C]` (Q, K, V, each of `heads` parts of C/heads), output `[N, H, W, C]`.
/// softmax(Q·Kᵀ/√d)·V. Source: Vaswani et al. 2017, "Attention is all you need", eq. 1.
final class SelfAttention: Layer {
    let name: String
    private let input: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [input] }
    var outputs: [FeatureMap] { [output] }
    private let heads: Int
    private let width: Int
    /// Attention weights of the last forward run, `[N, heads, P, P]`.
    private let weights: Tensor
    /// A transposed key or value matrix, and the gradient of the weights.
    private let turned: Tensor
    private let weightGradient: Tensor

    init(_ name: String, input: FeatureMap, heads: Int, infers: Bool) {
        let shape = input.shape
        precondition(input.isPlain && shape.channels % (3 * heads) == 0, "\(name): \(shape) for \(heads) heads")
        (self.name, self.input, self.heads) = (name, input, heads)
        width = shape.channels / 3 / heads
        output = FeatureMap(shape.with(channels: shape.channels / 3), needsGradient: !infers)
        weights = Tensor(zeros: shape.batch * heads * shape.area * shape.area)
        turned = Tensor(zeros: width * shape.area)
        weightGradient = Tensor(zeros: shape.area * shape.area)
    }

    var multiplyAdds: Int { input.shape.batch * heads * 2 * input.shape.area * input.shape.area * width }
    private var scale: Float { 1 / Float(width).squareRoot() }

    func forward() {
        let (p, row, channels) = (input.shape.area, input.shape.channels, output.shape.channels)
        eachHead { image, head, index in
            let q = input.values.base + image * p * row + head * width
            let attention = weights.base + index * p * p
            turn(q + channels)
            lm_gemm(Int32(p), Int32(p), Int32(width), q, row, 1, turned.base, p, attention, p, 0, nil, 0)
            lm_row_softmax(attention, p, p, scale)
            let y = output.values.base + image * p * channels + head * width
            lm_gemm(Int32(p), Int32(width), Int32(p), attention, p, 1, q + 2 * channels, row, y, channels, 0, nil, 0)
        }
    }

    func backward() {
        output.finishGradient()
        let (p, row, channels) = (input.shape.area, input.shape.channels, output.shape.channels)
        let size = (positions: Int32(p), width: Int32(width))
        eachHead { image, head, index in
            let q = input.values.base + image * p * row + head * width
            let dq = input.gradient.base + image * p * row + head * width
            let attention = weights.base + index * p * p
            let dy = output.gradient.base + image * p * channels + head * width
            let da = weightGradient.base
            turn(q + 2 * channels)
            lm_gemm(size.positions, size.positions, size.width, dy, channels, 1, turned.base, p, da, p, 0, nil, 0)
            lm_gemm(
                size.positions, size.width, size.positions, attention, 1, p, dy, channels, dq + 2 * channels, row, 0,
                nil, 0)
            lm_row_softmax_backward(da, da, attention, p, p, scale)
            lm_gemm(size.positions, size.width, size.positions, da, p, 1, q + channels, row, dq, row, 0, nil, 0)
            lm_gemm(size.positions, size.width, size.positions, da, 1, p, q, row, dq + channels, row, 0, nil, 0)
        }
        input.gradientAdded()
    }

    private func eachHead(_ body: (_ image: Int, _ head: Int, _ index: Int) -> Void) {
        for image in 0..<input.shape.batch {
            for head in 0..<heads { body(image, head, image * heads + head) }
        }
    }

    /// Columns of one head, transposed into `turned`.
    private func turn(_ source: UnsafePointer<Float>) {
        let (p, row) = (input.shape.area, input.shape.channels)
        for d in 0..<width {
            for i in 0..<p { turned.base[d * p + i] = source[i * row + d] }
        }
    }
}

/// y = x + gain·o with one trained gain that starts at 0, so that attention enters gently.
///
/// Source: Zhang et al. 2019, "Self-attention generative adversarial networks", eq. 3. Shapes alike.
final class GainedResidual: Layer {
    let name: String
    let input: FeatureMap
    let addition: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [input, addition] }
    var outputs: [FeatureMap] { [output] }
    let gain: Parameter
    private let gradients: Gradients?
    private let scratch: Scratch

    init(
        _ name: String, input: FeatureMap, addition: FeatureMap, gain: Parameter, gradients: Gradients?,
        scratch: Scratch
    ) {
        (self.name, self.input, self.addition) = (name, input, addition)
        (self.gain, self.gradients, self.scratch) = (gain, gradients, scratch)
        precondition(input.isPlain && addition.isPlain && input.shape == addition.shape, "\(name): plain, alike maps")
        output = FeatureMap(input.shape, needsGradient: gradients != nil)
        scratch.reserve(.input, input.shape.count)
    }

    func forward() {
        let count = input.shape.count
        output.values.base.update(from: input.values.base, count: count)
        lm_add_scaled(output.values.base, addition.values.base, gain.base[0], count)
    }

    func backward() {
        guard let gradients else { return }
        output.finishGradient()
        let shape = input.shape
        gradients[gain][0] += Float(lm_dot(output.gradient.base, addition.values.base, shape.count))
        input.addGradient(0, shape.rows, output.gradient.base, stride: shape.channels)
        input.gradientAdded()
        scratch[.input].update(repeating: 0, count: shape.count)
        lm_add_scaled(scratch[.input], output.gradient.base, gain.base[0], shape.count)
        addition.addGradient(0, shape.rows, scratch[.input], stride: shape.channels)
        addition.gradientAdded()
    }
}
