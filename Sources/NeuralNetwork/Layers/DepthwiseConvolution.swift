import CKernels

/// A k×k convolution of each channel by itself, zero-padded by k/2, stride 1 or 2.
///
/// Shapes: input `[N, H, W, C]`, output `[N, H/s, W/s, C]` (rounded up), weights `[k, k, C]`; k is 3, 5 or 7.
final class DepthwiseConvolution: Layer {
    let name: String
    let input: FeatureMap
    let output: OutputStage
    var inputs: [FeatureMap] { [input] }
    var outputs: [FeatureMap] { [output.map] }
    private let weight: Parameter
    private let gradients: Gradients?
    private let scratch: Scratch
    /// Folded weights at inference, weights turned by half a turn in training.
    let prepared: Tensor
    let kernel: Int
    let stride: Int

    init(
        _ name: String, input: FeatureMap, output: OutputStage, weight: Parameter, stride: Int, gradients: Gradients?,
        scratch: Scratch
    ) {
        (self.name, self.input, self.output, self.weight, self.stride) = (name, input, output, weight, stride)
        (self.gradients, self.scratch) = (gradients, scratch)
        kernel = weight.shape[0]
        precondition([3, 5, 7].contains(kernel), "\(name): kernels of 3, 5 or 7, not \(kernel)")
        prepared = Tensor(zeros: weight.count)
        let shape = input.shape
        scratch.reserve(.padded, PaddedImage.count(shape, border: kernel / 2))
        if !output.infers {
            scratch.reserve(.output, shape.area * shape.channels)
            scratch.reserve(.inputGradient, PaddedImage.count(shape, border: kernel / 2))
        }
    }

    var multiplyAdds: Int { output.map.shape.rows * weight.count }

    func prepare() {
        if output.infers { return output.fold(weight, into: prepared) }
        let channels = input.shape.channels
        let taps = kernel * kernel
        for tap in 0..<taps {
            (prepared.base + (taps - 1 - tap) * channels).update(from: weight.base + tap * channels, count: channels)
        }
    }

    func forward() {
        output.beginForward()
        let shape = output.map.shape
        let padded = PaddedImage(scratch[.padded], input.shape, border: kernel / 2)
        for image in 0..<shape.batch {
            padded.load(input, image: image)
            lm_depthwise(
                output.map.values.base + image * shape.area * shape.channels, Int32(shape.height), Int32(shape.width),
                padded.base, Int32(padded.width), Int32(shape.channels), Int32(kernel), Int32(stride),
                output.infers ? prepared.base : weight.base, output.foldedShift,
                output.infers ? output.activation.rawValue : 0)
            output.take(image * shape.area, shape.area)
        }
        output.finishForward()
    }

    func backward() {
        guard let gradients else { return }
        output.beginBackward(gradients)
        let shape = output.map.shape
        let padded = PaddedImage(scratch[.padded], input.shape, border: kernel / 2)
        for image in 0..<shape.batch {
            let dy = output.sumGradient(image * shape.area, shape.area, scratch: scratch[.output])
            padded.load(input, image: image)
            lm_depthwise_weights(
                gradients[weight], dy, Int32(shape.height), Int32(shape.width), padded.base, Int32(padded.width),
                Int32(shape.channels), Int32(kernel), Int32(stride))
            if stride == 1 { addGradientByConvolution(dy, image) } else { addGradientByScatter(dy, image) }
        }
        input.gradientAdded()
    }

    /// Stride 1: the gradient is a convolution of `dy` with the turned weights.
    private func addGradientByConvolution(_ dy: UnsafePointer<Float>, _ image: Int) {
        let shape = input.shape
        let padded = PaddedImage(scratch[.padded], shape, border: kernel / 2)
        padded.load(dy)
        let dx = scratch[.inputGradient]
        lm_depthwise(
            dx, Int32(shape.height), Int32(shape.width), padded.base, Int32(padded.width), Int32(shape.channels),
            Int32(kernel), 1, prepared.base, nil, 0)
        input.addGradient(image * shape.area, shape.area, dx, stride: shape.channels)
    }

    private func addGradientByScatter(_ dy: UnsafePointer<Float>, _ image: Int) {
        let shape = output.map.shape
        let padded = PaddedImage(scratch[.inputGradient], input.shape, border: kernel / 2)
        padded.clear()
        lm_depthwise_scatter(
            padded.base, Int32(padded.width), dy, Int32(shape.height), Int32(shape.width), Int32(shape.channels),
            Int32(kernel), Int32(stride), weight.base)
        padded.addGradient(to: input, image: image)
    }
}
