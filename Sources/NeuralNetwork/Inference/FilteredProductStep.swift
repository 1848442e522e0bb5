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
    /// Weights and shifts of the depthwise convolution, in blocks of channels.
    private let weights: Tensor
    private let shifts: Tensor
    /// Padded lines of the expanded map, a window for each block of channels, and lines of the filtered map; set by `bind`.
    private var window: UnsafeMutablePointer<Float>!
    private var filteredLines: UnsafeMutablePointer<Float>!

    /// Positions of a band: enough for every panel of weights that is loaded to be used several times, and for few lines to be kept from
    /// band to band.
    private static let positions = 128
    /// Channels of a block.
    private static let block = Int(LM_BLOCK)

    init(
        _ name: String, _ filter: DepthwiseFilter, _ matrix: FoldedMatrix, to output: ProductOutput,
        kernels: UnsafePointer<lm_table>
    ) {
        (self.name, self.filter, self.output, self.kernels) = (name, filter, output, kernels)
        filter.layer.prepare()
        (expanded, filtered) = (filter.layer.input.shape, filter.layer.output.map.shape)
        (kernel, stride) = (filter.layer.kernel, filter.layer.stride)
        let most = max(1, Self.positions / filtered.width)
        let bands = (filtered.height + most - 1) / most
        band = (filtered.height + bands - 1) / bands
        let blocks = (expanded.channels + Self.block - 1) / Self.block
        weights = Tensor(zeros: blocks * kernel * kernel * Self.block)
        shifts = Tensor(zeros: blocks * Self.block)
        expansion = filter.expansion.map { PackedProduct($0.matrix, activation: $0.activation, kernels: kernels) }
        projection = PackedProduct(matrix, activation: output.activation, kernels: kernels)
        packFilter()
    }

    private func packFilter() {
        let (taps, channels) = (kernel * kernel, expanded.channels)
        for channel in 0..<channels {
            let first = channel / Self.block * taps * Self.block + channel % Self.block
            for tap in 0..<taps {
                weights[first + tap * Self.block] = filter.layer.prepared[tap * channels + channel]
            }
            if let shift = filter.layer.output.foldedShift { shifts[channel] = shift[channel] }
        }
    }

    var inputs: [FeatureMap] { filter.inputs + (output.addend.map { [$0] } ?? []) }
    var outputs: [FeatureMap] { [output.map] }

    private var border: Int { kernel / 2 }
    private var blocks: Int { (expanded.channels + Self.block - 1) / Self.block }
    private var paddedWidth: Int { expanded.width + 2 * border }
    /// Floats of a line of a block's window, and of the window.
    private var paddedLine: Int { paddedWidth * Self.block }
    private var blockCount: Int { ((band - 1) * stride + kernel) * paddedLine }
    private var windowCount: Int { blocks * blockCount }
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
            kernels.pointee.depthwise_blocks(
                filteredLines, Int32(lines), Int32(filtered.width), window, Int32(paddedWidth), blockCount,
                Int32(expanded.channels), Int32(kernel), Int32(stride), weights.base, shifts.base,
                filter.layer.output.activation.rawValue)
            project(first, lines)
        }
    }

    /// Fills the window with the expanded lines that output lines `first`… read; keeps those that the last band has left.
    private func expand(for first: Int, _ lines: Int) {
        let top = first * stride - border
        let kept = first == 0 ? 0 : max(0, kernel - stride)
        eachBlock { $0.update(from: $0 + band * stride * paddedLine, count: kept * paddedLine) }
        let needed = (lines - 1) * stride + kernel
        let (start, end) = (max(0, top + kept), min(expanded.height, top + needed))
        clear(kept..<max(kept, start - top))
        clear(max(kept, end - top)..<max(kept, needed))
        guard start < end else { return }
        clearSides(start - top..<end - top)
        fill(start, end - start, window + (start - top) * paddedLine + border * Self.block)
    }

    /// Runs `body` for the window of each block of channels.
    private func eachBlock(_ body: (UnsafeMutablePointer<Float>) -> Void) {
        for block in 0..<blocks { body(window + block * blockCount) }
    }

    private func clear(_ lines: Range<Int>) {
        guard !lines.isEmpty else { return }
        eachBlock { ($0 + lines.lowerBound * paddedLine).update(repeating: 0, count: lines.count * paddedLine) }
    }

    private func clearSides(_ lines: Range<Int>) {
        let side = border * Self.block
        eachBlock { window in
            for line in lines {
                let base = window + line * paddedLine
                base.update(repeating: 0, count: side)
                (base + paddedLine - side).update(repeating: 0, count: side)
            }
        }
    }

    private func fill(_ start: Int, _ lines: Int, _ target: UnsafeMutablePointer<Float>) {
        guard let expansion else { return copy(start, lines, target) }
        var product = expansion.product
        product.moveStrips(byLines: start)
        (product.lines, product.positions) = (Int32(lines), Int32(expanded.width))
        (product.y, product.y_line, product.y_position) = (target, paddedLine, Self.block)
        product.y_block = blockCount
        expansion.run(product)
    }

    /// Sorts lines of the input into blocks of channels.
    private func copy(_ start: Int, _ lines: Int, _ target: UnsafeMutablePointer<Float>) {
        let channels = expanded.channels
        let source = filter.layer.input.values.base + start * expanded.width * channels
        for line in 0..<lines {
            for position in 0..<expanded.width {
                let from = source + (line * expanded.width + position) * channels
                let to = target + line * paddedLine + position * Self.block
                for first in Swift.stride(from: 0, to: channels, by: Self.block) {
                    (to + first / Self.block * blockCount).update(
                        from: from + first, count: min(Self.block, channels - first))
                }
            }
        }
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
