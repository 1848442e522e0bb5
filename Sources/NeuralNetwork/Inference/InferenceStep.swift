import CKernels

/// A step of an inference plan, which does the work of one or several layers. Bound to one thread.
protocol InferenceStep: AnyObject {
    /// Name of the last layer that it stands for.
    var name: String { get }
    var inputs: [FeatureMap] { get }
    var outputs: [FeatureMap] { get }
    /// Floats of scratch memory that `run` uses.
    var scratchCount: Int { get }
    /// Called once, when all maps lie where they stay.
    func bind(scratch: UnsafeMutablePointer<Float>)
    func run()
}

/// A layer as it is.
final class LayerStep: InferenceStep {
    private let layer: Layer

    init(_ layer: Layer) {
        self.layer = layer
        layer.prepare()
    }

    var name: String { layer.name }
    var inputs: [FeatureMap] { layer.inputs }
    var outputs: [FeatureMap] { layer.outputs }
    var scratchCount: Int { 0 }
    func bind(scratch: UnsafeMutablePointer<Float>) {}
    func run() { layer.forward() }
}

/// Where a product's inputs lie.
enum ProductSource {
    case map(FeatureMap)
    /// 2×2 blocks of a map as channels.
    case blocks(FeatureMap)
    /// 2×2 blocks of 2×2 blocks.
    case patches(FeatureMap)

    var map: FeatureMap {
        switch self {
        case .map(let map), .blocks(let map), .patches(let map): map
        }
    }

    var strips: [lm_strip] {
        switch self {
        case .map(let map): [lm_strip(map)]
        case .blocks(let map): lm_strip.blocks(map)
        case .patches(let map): lm_strip.patches(map)
        }
    }
}

/// What a product gives to: y = act(x·W + bias + addend).
struct ProductOutput {
    let map: FeatureMap
    let activation: Activation
    /// Added before the activation; of the output's size or half of it.
    var addend: FeatureMap?
}

/// A pointwise convolution, or several whose results are added, of maps side by side.
final class PointwiseStep: InferenceStep {
    let name: String
    private let sources: [ProductSource]
    private let output: ProductOutput
    private let packed: PackedProduct
    private var product = lm_product()

    init(
        _ name: String, _ sources: [ProductSource], _ matrix: FoldedMatrix, to output: ProductOutput,
        sparse: Bool = false, kernels: UnsafePointer<lm_table>
    ) {
        (self.name, self.sources, self.output) = (name, sources, output)
        packed = PackedProduct(
            matrix, activation: output.activation, run: sources.flatMap(\.strips).map { Int($0.channels) }.min(),
            sparse: sparse, kernels: kernels)
    }

    var inputs: [FeatureMap] { sources.map(\.map) + (output.addend.map { [$0] } ?? []) }
    var outputs: [FeatureMap] { [output.map] }
    var scratchCount: Int { 0 }

    func bind(scratch: UnsafeMutablePointer<Float>) {
        let strips = sources.flatMap(\.strips)
        packed.setStrips(strips)
        product = packed.product
        product.write(output.map.values.base, output.map.shape)
        if let addend = output.addend { product.add(addend, to: output.map.shape) }
        product.joinLines(strips)
    }

    func run() { packed.run(product) }
}

/// A full k×k convolution, from a padded copy of its input.
final class ConvolutionStep: InferenceStep {
    private let layer: Convolution
    private let packed: PackedProduct
    private var product = lm_product()
    private var padded: PaddedImage?

    init(_ layer: Convolution, kernels: UnsafePointer<lm_table>) {
        self.layer = layer
        layer.prepare()
        let matrix = FoldedMatrix(
            weights: layer.prepared, bias: layer.output.foldedShift, columns: layer.output.map.shape.channels)
        packed = PackedProduct(
            matrix, activation: layer.output.activation, run: layer.kernel * layer.input.shape.channels,
            kernels: kernels)
    }

    var name: String { layer.name }
    var inputs: [FeatureMap] { layer.inputs }
    var outputs: [FeatureMap] { layer.outputs }
    var scratchCount: Int { PaddedImage.count(layer.input.shape, border: layer.kernel / 2) }

    func bind(scratch: UnsafeMutablePointer<Float>) {
        let image = PaddedImage(scratch, layer.input.shape, border: layer.kernel / 2)
        packed.setStrips(lm_strip.neighbourhoods(image, kernel: layer.kernel, stride: layer.stride))
        product = packed.product
        product.write(layer.output.map.values.base, layer.output.map.shape)
        padded = image
    }

    func run() {
        padded?.load(UnsafePointer(layer.input.values.base))
        packed.run(product)
    }
}
