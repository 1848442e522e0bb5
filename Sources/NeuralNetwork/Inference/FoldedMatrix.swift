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
