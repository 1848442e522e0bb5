import CKernels

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
