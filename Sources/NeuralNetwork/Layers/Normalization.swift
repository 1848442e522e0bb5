import CKernels

/// A factor and a shift for each channel, applied when a map is read; sums of the gradients that came back through it.
///
/// `scale` 1 and `shift` a trained bias, or both from batch normalisation. Bound to one thread.
class ChannelAffine {
    let channels: Int
    let scale: Tensor
    let shift: Tensor
    /// Σ g for each channel, over all rows; g as in `FeatureMap.gradient`.
    let gradientSum: Array64<Double>
    /// Σ g·x for each channel; x as in `FeatureMap.values`.
    let gradientProduct: Array64<Double>

    init(channels: Int) {
        self.channels = channels
        scale = Tensor(repeating: 1, count: channels)
        shift = Tensor(zeros: channels)
        gradientSum = Array64(repeating: 0, count: channels)
        gradientProduct = Array64(repeating: 0, count: channels)
    }

    func resetSums() {
        gradientSum.fill(0)
        gradientProduct.fill(0)
    }
}

/// A trained shift for each channel.
final class Bias: ChannelAffine {
    let bias: Parameter

    init(_ bias: Parameter) {
        self.bias = bias
        super.init(channels: bias.count)
    }

    /// Takes the trained numbers over.
    func load() { shift.base.update(from: bias.base, count: channels) }

    /// Adds the gradient of the bias to `gradients`.
    func addGradients(to gradients: Gradients) {
        let sink = gradients[bias]
        for c in 0..<channels { sink[c] += Float(gradientSum[c]) }
    }
}

/// y = γ·(x − mean)/√(variance + ε) + β for each channel, statistics over this graph's batch while training, running means at
/// inference. Source: Ioffe and Szegedy 2015, "Batch Normalization", algorithms 1 and 2; ε = 1e-5.
///
/// Every training thread takes the statistics of its own images, so threads never wait for each other inside a step.
final class BatchNormalization: ChannelAffine {
    let gamma: Parameter
    let beta: Parameter
    let runningMean: Parameter
    let runningVariance: Parameter
    let sum: Array64<Double>
    let square: Array64<Double>
    /// Statistics of the last batch.
    let mean: Tensor
    let variance: Tensor
    /// dx = gain·g + slope·x + offset: filled by `finishBackward`.
    let gain: Tensor
    let slope: Tensor
    let offset: Tensor

    private static let epsilon: Float = 1e-5

    init(gamma: Parameter, beta: Parameter, runningMean: Parameter, runningVariance: Parameter) {
        (self.gamma, self.beta, self.runningMean, self.runningVariance) = (gamma, beta, runningMean, runningVariance)
        let channels = gamma.count
        sum = Array64(repeating: 0, count: channels)
        square = Array64(repeating: 0, count: channels)
        mean = Tensor(zeros: channels)
        variance = Tensor(zeros: channels)
        gain = Tensor(zeros: channels)
        slope = Tensor(zeros: channels)
        offset = Tensor(zeros: channels)
        super.init(channels: channels)
    }

    func beginForward() {
        sum.fill(0)
        square.fill(0)
    }

    /// Turns the sums over `rows` positions into scale and shift.
    func finishForward(rows: Int) {
        for c in 0..<channels {
            let average = sum[c] / Double(rows)
            mean[c] = Float(average)
            variance[c] = Float(max(0, square[c] / Double(rows) - average * average))
        }
        setScale(mean: mean.elements, variance: variance.elements)
    }

    /// Scale and shift from the running statistics.
    func useRunningStatistics() { setScale(mean: runningMean.values, variance: runningVariance.values) }

    private func setScale(mean: UnsafeMutableBufferPointer<Float>, variance: UnsafeMutableBufferPointer<Float>) {
        let (gamma, beta) = (gamma.values, beta.values)
        for c in 0..<channels {
            scale[c] = gamma[c] / (variance[c] + Self.epsilon).squareRoot()
            shift[c] = beta[c] - mean[c] * scale[c]
        }
    }

    /// Adds the gradients of γ and β and prepares `gain`, `slope`, `offset`. `rows` as in `finishForward`.
    func finishBackward(rows: Int, into gradients: Gradients) {
        let (gammaSink, betaSink, gammas) = (gradients[gamma], gradients[beta], gamma.values)
        for c in 0..<channels {
            let inverse = 1 / Double(variance[c] + Self.epsilon).squareRoot()
            let g = gradientSum[c]
            let product = (gradientProduct[c] - Double(mean[c]) * g) * inverse
            gammaSink[c] += Float(product)
            betaSink[c] += Float(g)
            let weight = Double(gammas[c]) * inverse
            gain[c] = Float(weight)
            slope[c] = Float(-weight * inverse * product / Double(rows))
            offset[c] = Float(-weight * g / Double(rows) + weight * inverse * Double(mean[c]) * product / Double(rows))
        }
    }
}

/// Batch normalisation of a map by itself, plus a trained number for each position and channel: what self-attention reads.
///
/// y = BN(x) + position. Shapes: `x`, `y` `[N, H, W, C]`; position `[H, W, C]`, starts at 0.
final class PositionedNormalization: Layer {
    let name: String
    private let input: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [input] }
    var outputs: [FeatureMap] { [output] }
    private let batch: BatchNormalization
    private let position: Parameter
    private let gradients: Gradients?
    private let scratch: Scratch

    init(
        _ name: String, input: FeatureMap, batch: BatchNormalization, position: Parameter, gradients: Gradients?,
        scratch: Scratch
    ) {
        (self.name, self.input, self.batch, self.position) = (name, input, batch, position)
        (self.gradients, self.scratch) = (gradients, scratch)
        precondition(input.isPlain, "\(name) normalises plain maps only")
        output = FeatureMap(input.shape, needsGradient: gradients != nil)
        scratch.reserve(.input, input.shape.count)
    }

    func prepare() {
        if gradients == nil { batch.useRunningStatistics() }
    }

    func forward() {
        let shape = input.shape
        let channels = shape.channels
        if gradients != nil {
            batch.beginForward()
            lm_column_sums(input.values.base, shape.rows, channels, batch.sum.base, batch.square.base)
            batch.finishForward(rows: shape.rows)
        }
        let length = shape.area * channels
        lm_affine(
            output.values.base, channels, input.values.base, channels, shape.rows, channels, batch.scale.base,
            batch.shift.base, 0)
        for image in 0..<shape.batch { lm_add_scaled(output.values.base + image * length, position.base, 1, length) }
    }

    func backward() {
        guard let gradients else { return }
        output.finishGradient()
        let shape = input.shape
        let (channels, length) = (shape.channels, shape.area * shape.channels)
        let dy = output.gradient.base
        for image in 0..<shape.batch { lm_add_scaled(gradients[position], dy + image * length, 1, length) }
        batch.resetSums()
        lm_affine_backward(
            dy, dy, channels, input.values.base, shape.rows, channels, nil, nil, 0, 0, batch.gradientSum.base,
            batch.gradientProduct.base)
        batch.finishBackward(rows: shape.rows, into: gradients)
        lm_blend(
            scratch[.input], dy, input.values.base, shape.rows, channels, batch.gain.base, batch.slope.base,
            batch.offset.base, 0)
        input.addGradient(0, shape.rows, scratch[.input], stride: channels)
        input.gradientAdded()
    }
}
