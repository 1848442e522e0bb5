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
