import CKernels

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
