import CKernels

/// A full k×k convolution, zero-padded by k/2, as patches times a matrix.
///
/// Shapes: input `[N, H, W, C]`, output `[N, H/s, W/s, D]` (rounded up), weights `[k, k, C, D]`.
final class Convolution: Layer {
    let name: String
    let input: FeatureMap
    let output: OutputStage
    var inputs: [FeatureMap] { [input] }
    var outputs: [FeatureMap] { [output.map] }
    private let weight: Parameter
    private let gradients: Gradients?
    private let scratch: Scratch
    /// Folded weights at inference, Wᵀ in training.
    let prepared: Tensor
    let kernel: Int
    let stride: Int
    private let patch: Int
    /// Output rows of positions whose patches are in work at once.
    private let band: Int

    init(
        _ name: String, input: FeatureMap, output: OutputStage, weight: Parameter, stride: Int, gradients: Gradients?,
        scratch: Scratch
    ) {
        (self.name, self.input, self.output, self.weight, self.stride) = (name, input, output, weight, stride)
        (self.gradients, self.scratch) = (gradients, scratch)
        kernel = weight.shape[0]
        patch = kernel * kernel * input.shape.channels
        prepared = Tensor(zeros: weight.count)
        let shape = output.map.shape
        band = max(1, min(shape.height, 32768 / (patch * shape.width)))
        let border = kernel / 2
        scratch.reserve(.padded, PaddedImage.count(input.shape, border: border))
        scratch.reserve(.input, band * shape.width * patch)
        if !output.infers {
            scratch.reserve(.output, shape.area * shape.channels)
            let patches = band * shape.width * patch
            scratch.reserve(.inputGradient, PaddedImage.count(input.shape, border: border) + patches)
        }
    }

    var multiplyAdds: Int { output.map.shape.rows * weight.count }

    func prepare() {
        if output.infers {
            output.fold(weight, into: prepared)
        } else {
            lm_transpose(prepared.base, weight.base, Int32(patch), Int32(output.map.shape.channels))
        }
    }

    func forward() {
        output.beginForward()
        let shape = output.map.shape
        let channels = shape.channels
        eachImage { image, padded in
            eachBand { first, end in
                loadPatches(padded, first, end)
                let start = image * shape.area + first * shape.width
                lm_gemm(
                    Int32((end - first) * shape.width), Int32(channels), Int32(patch), scratch[.input], patch, 1,
                    output.infers ? prepared.base : weight.base, channels,
                    output.map.values.base + start * channels, channels, 0, output.foldedShift,
                    output.infers ? output.activation.rawValue : 0)
                output.take(start, (end - first) * shape.width)
            }
        }
        output.finishForward()
    }

    func backward() {
        guard let gradients else { return }
        output.beginBackward(gradients)
        let shape = output.map.shape
        let channels = shape.channels
        let inputGradient = PaddedImage(scratch[.inputGradient], input.shape, border: kernel / 2)
        eachImage { image, padded in
            let dy = output.sumGradient(image * shape.area, shape.area, scratch: scratch[.output])
            if input.needsGradient { inputGradient.clear() }
            eachBand { first, end in
                let rows = (end - first) * shape.width
                let bandGradient = dy + first * shape.width * channels
                loadPatches(padded, first, end)
                lm_gemm(
                    Int32(patch), Int32(channels), Int32(rows), scratch[.input], 1, patch, bandGradient, channels,
                    gradients[weight], channels, 1, nil, 0)
                if input.needsGradient { addPatchGradients(bandGradient, first, end, to: inputGradient) }
            }
            if input.needsGradient { inputGradient.addGradient(to: input, image: image) }
        }
        input.gradientAdded()
    }

    private func eachImage(_ body: (Int, PaddedImage) -> Void) {
        let padded = PaddedImage(scratch[.padded], input.shape, border: kernel / 2)
        for image in 0..<output.map.shape.batch {
            padded.load(input, image: image)
            body(image, padded)
        }
    }

    private func eachBand(_ body: (_ first: Int, _ end: Int) -> Void) {
        let height = output.map.shape.height
        for first in Swift.stride(from: 0, to: height, by: band) { body(first, min(first + band, height)) }
    }

    private func loadPatches(_ padded: PaddedImage, _ first: Int, _ end: Int) {
        lm_patches(
            scratch[.input], Int32(first), Int32(end), Int32(output.map.shape.width), padded.base, Int32(padded.width),
            Int32(input.shape.channels), Int32(kernel), Int32(stride))
    }

    private func addPatchGradients(_ dy: UnsafePointer<Float>, _ first: Int, _ end: Int, to image: PaddedImage) {
        let shape = output.map.shape
        let patches = image.base + image.height * image.width * image.channels
        lm_gemm(
            Int32((end - first) * shape.width), Int32(patch), Int32(shape.channels), dy, shape.channels, 1,
            prepared.base,
            patch, patches, patch, 0, nil, 0)
        lm_patches_add(
            image.base, Int32(image.width), patches, Int32(first), Int32(end), Int32(shape.width),
            Int32(image.channels), Int32(kernel), Int32(stride))
    }
}

/// One image of a map with a border of zeros around it, as convolutions read it.
struct PaddedImage {
    let base: UnsafeMutablePointer<Float>
    let height: Int
    let width: Int
    let channels: Int
    let border: Int

    init(_ base: UnsafeMutablePointer<Float>, _ shape: MapShape, border: Int) {
        (self.base, self.border, channels) = (base, border, shape.channels)
        (height, width) = (shape.height + 2 * border, shape.width + 2 * border)
    }

    /// Floats that `init`'s memory must hold.
    static func count(_ shape: MapShape, border: Int) -> Int {
        (shape.height + 2 * border) * (shape.width + 2 * border) * shape.channels
    }

    /// First float of row `i` of the image without its border.
    func row(_ i: Int) -> UnsafeMutablePointer<Float> { base + ((i + border) * width + border) * channels }

    func clear() { base.update(repeating: 0, count: height * width * channels) }

    /// Image number `image` of `map`, normalised and activated.
    func load(_ map: FeatureMap, image: Int) {
        fillBorder()
        let shape = map.shape
        for i in 0..<shape.height {
            map.read(image * shape.area + i * shape.width, shape.width, into: row(i), stride: channels)
        }
    }

    /// Plain rows, [height, width, channels] without border.
    func load(_ rows: UnsafePointer<Float>) {
        fillBorder()
        let inner = (width - 2 * border) * channels
        for i in 0..<(height - 2 * border) { row(i).update(from: rows + i * inner, count: inner) }
    }

    /// Adds the image without its border to the gradient of image number `image` of `map`.
    func addGradient(to map: FeatureMap, image: Int) {
        let shape = map.shape
        for i in 0..<shape.height {
            map.addGradient(image * shape.area + i * shape.width, shape.width, row(i), stride: channels)
        }
    }

    private func fillBorder() {
        let edge = border * width * channels
        let side = border * channels
        base.update(repeating: 0, count: edge)
        (base + (height - border) * width * channels).update(repeating: 0, count: edge)
        for i in 0..<(height - 2 * border) {
            (row(i) - side).update(repeating: 0, count: side)
            (row(i) + (width - 2 * border) * channels).update(repeating: 0, count: side)
        }
    }
}
