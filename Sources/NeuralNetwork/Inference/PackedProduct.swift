import CKernels

/// A folded matrix packed for the kernels of one instruction set, and the product's places in memory.
final class PackedProduct {
    private let kernels: UnsafePointer<lm_table>
    private let packed: Tensor
    private let bias: Tensor
    /// Everything but the places, which the owner fills in.
    private(set) var product = lm_product()

    init(_ matrix: FoldedMatrix, activation: Activation, kernels: UnsafePointer<lm_table>) {
        self.kernels = kernels
        let unit = Int(LM_PACKED_COLUMNS)
        packed = Tensor(zeros: matrix.depth * ((matrix.columns + unit - 1) / unit * unit))
        bias = Tensor(zeros: matrix.columns)
        kernels.pointee.pack_product(packed.base, matrix.weights, Int32(matrix.depth), Int32(matrix.columns))
        _ = bias.elements.update(fromContentsOf: matrix.bias)
        (product.packed, product.bias) = (UnsafePointer(packed.base), UnsafePointer(bias.base))
        (product.columns, product.activation) = (Int32(matrix.columns), activation.rawValue)
    }

    /// Sets where A is read.
    func setStrips(_ strips: [lm_strip]) {
        precondition(strips.count <= Int(LM_MAX_STRIPS), "a product of \(strips.count) strips")
        product.strip_count = Int32(strips.count)
        withUnsafeMutableBytes(of: &product.strips) { memory in
            let places = memory.bindMemory(to: lm_strip.self)
            for (index, strip) in strips.enumerated() { places[index] = strip }
        }
    }

    func run(_ product: lm_product) {
        withUnsafePointer(to: product) { kernels.pointee.run_product($0) }
    }
}

extension lm_product {
    /// Lines of positions that follow each other everywhere become one line.
    mutating func joinLines(_ strips: [lm_strip]) {
        let follows = strips.allSatisfy { $0.line == Int(positions) * $0.position }
        let addendFollows = addend == nil || addend_halved == 0 && addend_line == Int(positions) * addend_position
        guard follows, addendFollows, y_line == Int(positions) * y_position else { return }
        (lines, positions) = (1, lines * positions)
    }

    /// The output's lines and positions as they lie in a map of their own.
    mutating func write(_ memory: UnsafeMutablePointer<Float>, _ shape: MapShape) {
        (lines, positions) = (Int32(shape.height), Int32(shape.width))
        (y, y_line, y_position) = (memory, shape.width * shape.channels, shape.channels)
    }

    /// What is added: a map of the output's size, or of half of it.
    mutating func add(_ map: FeatureMap, to shape: MapShape) {
        (addend, addend_position) = (UnsafePointer(map.values.base), map.shape.channels)
        addend_line = map.shape.width * map.shape.channels
        addend_halved = map.shape.height == shape.height ? 0 : 1
    }
}

extension lm_strip {
    /// All channels of a map's positions.
    init(_ map: FeatureMap) {
        let shape = map.shape
        self.init(
            base: UnsafePointer(map.values.base), line: shape.width * shape.channels, position: shape.channels,
            channels: Int32(shape.channels))
    }

    /// The 2×2 blocks of a map side by side, as `BlockRearrangement` orders them.
    static func blocks(_ map: FeatureMap) -> [lm_strip] {
        let shape = map.shape
        return (0..<4).map { part in
            lm_strip(
                base: UnsafePointer(map.values.base + (part / 2 * shape.width + part % 2) * shape.channels),
                line: 2 * shape.width * shape.channels, position: 2 * shape.channels, channels: Int32(shape.channels))
        }
    }

    /// The k×k neighbourhoods in a padded image: a strip for each of their rows.
    static func neighbourhoods(_ image: PaddedImage, kernel: Int, stride: Int) -> [lm_strip] {
        let line = image.width * image.channels
        return (0..<kernel).map { row in
            lm_strip(
                base: UnsafePointer(image.base + row * line), line: stride * line, position: stride * image.channels,
                channels: Int32(kernel * image.channels))
        }
    }
}
