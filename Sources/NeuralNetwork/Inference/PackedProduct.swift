import CKernels

/// A folded matrix packed for the kernels of one instruction set, and the product's places in memory. In numbers of 16 bits where the
/// instruction set is faster at these; sums are then off by some 10⁻⁴ of the largest.
final class PackedProduct {
    private let kernels: UnsafePointer<lm_table>
    private let packed: Tensor
    private let packedWords: Array64<Int16>
    private let scales: Tensor
    private let bias: Tensor
    private let usesWords: Bool
    /// Everything but the places, which the owner fills in.
    private(set) var product = lm_product()

    /// Depths, and numbers that lie side by side, at which 16 bits pay: quantising costs as much as a few products.
    private static let wordDepths = 24...Int(LM_MAX_DEPTH_16)

    /// - Parameters:
    ///   - run: inputs that lie side by side in memory; all of them by default.
    ///   - sparse: most of what is multiplied is zero, or next to it.
    init(
        _ matrix: FoldedMatrix, activation: Activation, run: Int? = nil, sparse: Bool = false,
        kernels: UnsafePointer<lm_table>
    ) {
        self.kernels = kernels
        let unit = Int(LM_PACKED_COLUMNS)
        let columns = (matrix.columns + unit - 1) / unit * unit
        usesWords =
            kernels.pointee.prefers_16_bits != 0 && Self.wordDepths.contains(matrix.depth)
            && (run ?? matrix.depth) >= Self.wordDepths.lowerBound
        packed = Tensor(zeros: usesWords ? 0 : matrix.depth * columns)
        packedWords = Array64(repeating: 0, count: usesWords ? (matrix.depth + 1) / 2 * 2 * columns : 0)
        scales = Tensor(zeros: columns)
        bias = Tensor(zeros: columns)
        let (depth, width) = (Int32(matrix.depth), Int32(matrix.columns))
        if usesWords {
            kernels.pointee.pack_product_16(packedWords.base, scales.base, matrix.weights, depth, width)
        } else {
            kernels.pointee.pack_product(packed.base, matrix.weights, depth, width)
        }
        _ = bias.elements.update(fromContentsOf: matrix.bias)
        (product.packed, product.bias) = (UnsafePointer(packed.base), UnsafePointer(bias.base))
        (product.packed_16, product.scales) = (UnsafePointer(packedWords.base), UnsafePointer(scales.base))
        (product.columns, product.activation) = (width, activation.rawValue)
        (product.sparse, product.y_block) = (sparse ? 1 : 0, Int(LM_BLOCK))
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
        withUnsafePointer(to: product) { product in
            if usesWords { kernels.pointee.run_product_16(product) } else { kernels.pointee.run_product(product) }
        }
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

    /// The 4×4 patches of a map, as two `BlockRearrangement`s after each other order them: a strip for each pair of neighbours.
    static func patches(_ map: FeatureMap) -> [lm_strip] {
        let shape = map.shape
        let line = shape.width * shape.channels
        return (0..<8).map { pair in
            let (row, column) = (pair / 4 * 2 + pair % 2, pair / 2 % 2 * 2)
            return lm_strip(
                base: UnsafePointer(map.values.base + row * line + column * shape.channels), line: 4 * line,
                position: 4 * shape.channels, channels: Int32(2 * shape.channels))
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

/// The matrix and bias of a pointwise product with everything linear around it multiplied in: normalisation, gains, other products.
///
/// y = x·W + bias; W is `[depth, columns]`, row-major.
struct FoldedMatrix {
    private(set) var depth: Int
    let columns: Int
    private(set) var weights: [Float]
    private(set) var bias: [Float]

    /// `weights` holds depth·columns numbers, `bias` `columns`; no bias counts as zeros.
    init(weights: borrowing Tensor, bias: UnsafePointer<Float>?, columns: Int) {
        (depth, self.columns) = (weights.count / columns, columns)
        self.weights = Array(weights.elements)
        self.bias =
            bias.map { Array(UnsafeBufferPointer(start: $0, count: columns)) } ?? Array(repeating: 0, count: columns)
    }

    /// y times `gain`.
    func scaled(by gain: Float) -> FoldedMatrix {
        var scaled = self
        scaled.weights = weights.map { $0 * gain }
        scaled.bias = bias.map { $0 * gain }
        return scaled
    }

    /// The sum of two products: their inputs stand side by side.
    func stacked(on other: FoldedMatrix) -> FoldedMatrix {
        precondition(columns == other.columns, "products of \(columns) and \(other.columns) columns")
        var sum = self
        sum.depth = depth + other.depth
        sum.weights = weights + other.weights
        sum.bias = zip(bias, other.bias).map { $0 + $1 }
        return sum
    }

    /// The product of what `inner` gives for the inputs `rows`, and of the other inputs as they are: `inner`'s inputs take the place of
    /// `rows`.
    func substituting(_ rows: Range<Int>, by inner: FoldedMatrix) -> FoldedMatrix {
        precondition(inner.columns == rows.count, "\(inner.columns) columns in place of \(rows.count) rows")
        var result = self
        let part = weights[rows.lowerBound * columns..<rows.upperBound * columns]
        let multiplied = (0..<inner.depth).flatMap { row in
            product(inner.weights[row * inner.columns..<(row + 1) * inner.columns], part)
        }
        result.weights = weights[..<part.startIndex] + multiplied + weights[part.endIndex...]
        result.bias = zip(bias, product(inner.bias[...], part)).map { $0 + $1 }
        result.depth = depth - rows.count + inner.depth
        return result
    }

    /// Row vector times rows of `columns` numbers; sums in double precision.
    private func product(_ row: ArraySlice<Float>, _ matrix: ArraySlice<Float>) -> [Float] {
        var sums = [Double](repeating: 0, count: columns)
        for (k, factor) in row.enumerated() {
            let start = matrix.startIndex + k * columns
            for n in 0..<columns { sums[n] += Double(factor) * Double(matrix[start + n]) }
        }
        return sums.map(Float.init)
    }
}
