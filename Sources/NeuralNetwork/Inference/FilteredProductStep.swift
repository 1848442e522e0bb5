import CKernels

/// The depthwise half of a `FilteredProductStep`: a depthwise convolution, and the pointwise expansion in front of it, if there is one.
struct DepthwiseFilter {
    let layer: DepthwiseConvolution
    let expansion: (sources: [ProductSource], matrix: FoldedMatrix, activation: Activation)?

    var inputs: [FeatureMap] { expansion?.sources.map(\.map) ?? [layer.input] }
}

/// An inverted residual: pointwise expansion, depthwise convolution, pointwise projection, over a few output lines at a time, so that
/// neither the expanded nor the filtered map ever leaves the cache.
final class FilteredProductStep: InferenceStep {
    let name: String
    private let filter: DepthwiseFilter
    private let output: ProductOutput
    private let kernels: UnsafePointer<lm_table>
    private let expansion: PackedProduct?
    private let projection: PackedProduct
    private let expanded: MapShape
    private let filtered: MapShape
    private let kernel: Int
    private let stride: Int
    /// Output lines in work at once.
    private let band: Int
    /// Padded lines of the expanded map, and lines of the filtered one; set by `bind`.
    private var window: UnsafeMutablePointer<Float>!
    private var filteredLines: UnsafeMutablePointer<Float>!

    /// Positions of a band: enough for every panel of weights that is loaded to be used several times.
    private static let positions = 48

    init(
        _ name: String, _ filter: DepthwiseFilter, _ matrix: FoldedMatrix, to output: ProductOutput,
        kernels: UnsafePointer<lm_table>
    ) {
        (self.name, self.filter, self.output, self.kernels) = (name, filter, output, kernels)
        filter.layer.prepare()
        (expanded, filtered) = (filter.layer.input.shape, filter.layer.output.map.shape)
        (kernel, stride) = (filter.layer.kernel, filter.layer.stride)
        band = min(filtered.height, max(1, (Self.positions + filtered.width - 1) / filtered.width))
        expansion = filter.expansion.map { PackedProduct($0.matrix, activation: $0.activation, kernels: kernels) }
        projection = PackedProduct(matrix, activation: output.activation, kernels: kernels)
    }

    var inputs: [FeatureMap] { filter.inputs + (output.addend.map { [$0] } ?? []) }
    var outputs: [FeatureMap] { [output.map] }

    private var border: Int { kernel / 2 }
    private var paddedLine: Int { (expanded.width + 2 * border) * expanded.channels }
    private var windowLines: Int { (band - 1) * stride + kernel }
    private var windowCount: Int { (windowLines * paddedLine + 15) / 16 * 16 }
    var scratchCount: Int { windowCount + band * filtered.width * filtered.channels }

    func bind(scratch: UnsafeMutablePointer<Float>) {
        (window, filteredLines) = (scratch, scratch + windowCount)
        if let sources = filter.expansion?.sources { expansion?.setStrips(sources.flatMap(\.strips)) }
        projection.setStrips([
            lm_strip(
                base: UnsafePointer(filteredLines), line: filtered.width * filtered.channels,
                position: filtered.channels, channels: Int32(filtered.channels))
        ])
    }

    func run() {
        for first in Swift.stride(from: 0, to: filtered.height, by: band) {
            let lines = min(band, filtered.height - first)
            expand(for: first, lines)
            kernels.pointee.depthwise(
                filteredLines, Int32(lines), Int32(filtered.width), window, Int32(expanded.width + 2 * border),
                Int32(expanded.channels), Int32(kernel), Int32(stride), filter.layer.prepared.base,
                filter.layer.output.foldedShift, filter.layer.output.activation.rawValue)
            project(first, lines)
        }
    }

    /// Fills the window with the expanded lines that output lines `first`… read; keeps those that the last band has left.
    private func expand(for first: Int, _ lines: Int) {
        let top = first * stride - border
        let kept = first == 0 ? 0 : max(0, kernel - stride)
        window.update(from: window + band * stride * paddedLine, count: kept * paddedLine)
        let needed = (lines - 1) * stride + kernel
        let (start, end) = (max(0, top + kept), min(expanded.height, top + needed))
        clear(kept..<max(kept, start - top))
        clear(max(kept, end - top)..<max(kept, needed))
        guard start < end else { return }
        clearSides(start - top..<end - top)
        fill(start, end - start, window + (start - top) * paddedLine + border * expanded.channels)
    }

    private func clear(_ lines: Range<Int>) {
        (window + lines.lowerBound * paddedLine).update(repeating: 0, count: lines.count * paddedLine)
    }

    private func clearSides(_ lines: Range<Int>) {
        let side = border * expanded.channels
        for line in lines {
            let base = window + line * paddedLine
            base.update(repeating: 0, count: side)
            (base + paddedLine - side).update(repeating: 0, count: side)
        }
    }

    private func fill(_ start: Int, _ lines: Int, _ target: UnsafeMutablePointer<Float>) {
        guard let expansion else {
            let length = expanded.width * expanded.channels
            for line in 0..<lines {
                (target + line * paddedLine).update(
                    from: filter.layer.input.values.base + (start + line) * length, count: length)
            }
            return
        }
        var product = expansion.product
        product.moveStrips(byLines: start)
        (product.lines, product.positions) = (Int32(lines), Int32(expanded.width))
        (product.y, product.y_line, product.y_position) = (target, paddedLine, expanded.channels)
        expansion.run(product)
    }

    private func project(_ first: Int, _ lines: Int) {
        let shape = output.map.shape
        let line = shape.width * shape.channels
        var product = projection.product
        product.write(output.map.values.base + first * line, shape)
        product.lines = Int32(lines)
        if let addend = output.addend {
            product.add(addend, to: shape)
            product.addend? += first * line
        }
        (product.lines, product.positions) = (1, Int32(lines * shape.width))
        projection.run(product)
    }
}

extension lm_product {
    /// Reads A from `count` lines further on.
    mutating func moveStrips(byLines count: Int) {
        let strips = Int(strip_count)
        withUnsafeMutableBytes(of: &self.strips) { memory in
            let places = memory.bindMemory(to: lm_strip.self)
            for index in 0..<strips { places[index].base += count * places[index].line }
        }
    }
}
