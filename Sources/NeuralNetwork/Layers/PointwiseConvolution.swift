import CKernels

/// y = [x₁ … xₙ]·W for each position: a 1×1 convolution of concatenated maps, as one matrix product; a dense layer where the maps
/// are 1×1.
///
/// Shapes: inputs `[N, H, W, Cᵢ]`, output `[N, H, W, D]`, W `[ΣCᵢ, D]`. Rows are worked on in chunks that fit the cache.
final class PointwiseConvolution: Layer {
    let name: String
    let inputs: [FeatureMap]
    let output: OutputStage
    var outputs: [FeatureMap] { [output.map] }
    private let weight: Parameter
    private let gradients: Gradients?
    private let scratch: Scratch
    /// Folded weights at inference, Wᵀ in training.
    let prepared: Tensor
    let inputChannels: Int
    let outputChannels: Int
    private let chunk: Int
    private let inputsNeedGradient: Bool

    init(
        _ name: String, inputs: [FeatureMap], output: OutputStage, weight: Parameter, gradients: Gradients?,
        scratch: Scratch
    ) {
        (self.name, self.inputs, self.output, self.weight) = (name, inputs, output, weight)
        (self.gradients, self.scratch) = (gradients, scratch)
        inputChannels = inputs.reduce(0) { $0 + $1.shape.channels }
        outputChannels = output.map.shape.channels
        inputsNeedGradient = inputs.contains { $0.needsGradient }
        prepared = Tensor(zeros: weight.count)
        let widest = max(inputChannels, outputChannels)
        // A multiple of 48 rows fills every height of register tile; three arrays of such chunks share the second-level cache.
        chunk = output.infers ? output.map.shape.rows : max(48, min(480, 32768 / widest / 48 * 48))
        scratch.reserve(.input, chunk * inputChannels)
        scratch.reserve(.output, chunk * outputChannels)
        if !output.infers { scratch.reserve(.inputGradient, chunk * inputChannels) }
    }

    var multiplyAdds: Int { output.map.shape.rows * weight.count }

    func prepare() {
        if output.infers {
            output.fold(weight, into: prepared)
        } else {
            lm_transpose(prepared.base, weight.base, Int32(inputChannels), Int32(outputChannels))
        }
    }

    func forward() {
        output.beginForward()
        let weights = output.infers ? prepared.base : weight.base
        eachChunk { start, rows in
            let (x, stride) = loadInputs(start, rows)
            lm_gemm(
                Int32(rows), Int32(outputChannels), Int32(inputChannels), x, stride, 1, weights, outputChannels,
                output.map.values.base + start * outputChannels, outputChannels, 0, output.foldedShift,
                output.infers ? output.activation.rawValue : 0)
            output.take(start, rows)
        }
        output.finishForward()
    }

    func backward() {
        guard let gradients else { return }
        output.beginBackward(gradients)
        eachChunk { start, rows in
            let dy = output.sumGradient(start, rows, scratch: scratch[.output])
            let (x, stride) = loadInputs(start, rows)
            lm_gemm(
                Int32(inputChannels), Int32(outputChannels), Int32(rows), x, 1, stride, dy, outputChannels,
                gradients[weight], outputChannels, 1, nil, 0)
            if inputsNeedGradient { addInputGradients(start, rows, dy) }
        }
        for input in inputs { input.gradientAdded() }
    }

    private func addInputGradients(_ start: Int, _ rows: Int, _ dy: UnsafePointer<Float>) {
        let dx = scratch[.inputGradient]
        lm_gemm(
            Int32(rows), Int32(inputChannels), Int32(outputChannels), dy, outputChannels, 1, prepared.base,
            inputChannels,
            dx, inputChannels, 0, nil, 0)
        var column = 0
        for input in inputs {
            input.addGradient(start, rows, dx + column, stride: inputChannels)
            column += input.shape.channels
        }
    }

    private func eachChunk(_ body: (_ start: Int, _ rows: Int) -> Void) {
        let rows = output.map.shape.rows
        for start in stride(from: 0, to: rows, by: chunk) { body(start, min(chunk, rows - start)) }
    }

    /// The inputs' rows side by side: in place where there is a single plain one.
    private func loadInputs(_ start: Int, _ rows: Int) -> (UnsafePointer<Float>, stride: Int) {
        if inputs.count == 1, inputs[0].isPlain {
            return (UnsafePointer(inputs[0].values.base + start * inputChannels), inputChannels)
        }
        let rowsInWork = scratch[.input]
        var column = 0
        for input in inputs {
            input.read(start, rows, into: rowsInWork + column, stride: inputChannels)
            column += input.shape.channels
        }
        return (UnsafePointer(rowsInWork), inputChannels)
    }
}

/// What follows a convolution: batch normalisation or a bias, and an activation. Shared by all kinds of convolutions.
///
/// In training the convolution writes raw sums to `map` and its readers apply scale, shift and activation. At inference both are
/// folded into `foldedShift` and the convolution's own weights, and `map` is plain.
final class OutputStage {
    let map: FeatureMap
    let activation: Activation
    let infers: Bool
    private let batch: BatchNormalization?
    private let bias: Bias?
    private let shift: Tensor

    /// At inference: added to the sums; nil where there is neither normalisation nor bias, and in training.
    var foldedShift: UnsafeMutablePointer<Float>? { shift.count > 0 ? shift.base : nil }

    init(_ shape: MapShape, batch: BatchNormalization?, bias: Bias?, activation: Activation, infers: Bool) {
        (self.batch, self.bias, self.activation, self.infers) = (batch, bias, activation, infers)
        let affine: ChannelAffine? = batch ?? bias
        map =
            infers
            ? FeatureMap(shape, needsGradient: false)
            : FeatureMap(shape, affine: affine, activation: activation, needsGradient: true)
        shift = Tensor(zeros: infers && affine != nil ? shape.channels : 0)
    }

    /// Takes weights over: `folded` = `weight` × scale by its last index. Both hold a multiple of `channels` numbers.
    func fold(_ weight: Parameter, into folded: borrowing Tensor) {
        batch?.useRunningStatistics()
        bias?.load()
        let source = weight.values
        let channels = map.shape.channels
        guard infers else { return }
        for i in 0..<source.count { folded[i] = source[i] * (batch?.scale[i % channels] ?? 1) }
        guard let affine: ChannelAffine = batch ?? bias else { return }
        for c in 0..<channels { shift[c] = affine.shift[c] }
    }

    func beginForward() {
        guard !infers else { return }
        batch?.beginForward()
        bias?.load()
    }

    /// The convolution has written these rows; they are still in the cache.
    func take(_ start: Int, _ rows: Int) {
        guard !infers, let batch else { return }
        let channels = map.shape.channels
        lm_column_sums(map.values.base + start * channels, rows, channels, batch.sum.base, batch.square.base)
    }

    func finishForward() {
        if !infers { batch?.finishForward(rows: map.shape.rows) }
    }

    /// Gradients of γ, β or bias; after this, `sumGradient` can be asked.
    func beginBackward(_ gradients: Gradients) {
        map.finishGradient()
        batch?.finishBackward(rows: map.shape.rows, into: gradients)
        bias?.addGradients(to: gradients)
    }

    /// Gradient with regard to the convolution's sums, for some rows; in `scratch` where it has to be computed.
    func sumGradient(_ start: Int, _ rows: Int, scratch: UnsafeMutablePointer<Float>) -> UnsafePointer<Float> {
        let channels = map.shape.channels
        let gradient = map.gradient.base + start * channels
        guard let batch else { return UnsafePointer(gradient) }
        lm_blend(
            scratch, gradient, map.values.base + start * channels, rows, channels, batch.gain.base, batch.slope.base,
            batch.offset.base, 0)
        return UnsafePointer(scratch)
    }
}
