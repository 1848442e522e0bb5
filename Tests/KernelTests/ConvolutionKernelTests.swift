import CKernels
import TestSupport
import Testing

/// Depthwise convolution and patches on padded images, widths around the runs of four outputs.
@Suite struct ConvolutionKernelTests {
    /// Output height and width, channels, kernel, stride, and floats of padding beyond what the outputs read.
    struct Size: Sendable, CustomTestStringConvertible {
        let height, width, channels, kernel, stride: Int
        var inputHeight: Int { (height - 1) * stride + kernel }
        /// Wider than needed: rows of the image are longer than what is read of them.
        var inputWidth: Int { (width - 1) * stride + kernel + 1 }
        var testDescription: String { "\(height)×\(width)×\(channels), \(kernel)×\(kernel)/\(stride)" }

        init(_ height: Int, _ width: Int, _ channels: Int, _ kernel: Int, _ stride: Int) {
            (self.height, self.width, self.channels) = (height, width, channels)
            (self.kernel, self.stride) = (kernel, stride)
        }

        /// Calls with (output index, weight index, input index) for every product of every channel.
        func products(_ body: (Int, Int, Int) -> Void) {
            for i in 0..<height {
                for j in 0..<width {
                    for tap in 0..<(kernel * kernel) {
                        let (u, v) = (tap / kernel, tap % kernel)
                        let input = ((i * stride + u) * inputWidth + j * stride + v) * channels
                        for c in 0..<channels { body((i * width + j) * channels + c, tap * channels + c, input + c) }
                    }
                }
            }
        }
    }

    static let sizes = [
        Size(1, 1, 1, 3, 1), Size(3, 4, 4, 3, 1), Size(2, 7, 19, 3, 1), Size(4, 5, 16, 3, 2), Size(3, 3, 33, 3, 2),
        Size(3, 9, 5, 5, 1), Size(2, 5, 23, 5, 2), Size(2, 6, 8, 7, 1), Size(2, 3, 18, 7, 2),
    ]

    @Test(arguments: Level.all, sizes) func depthwiseMatchesItsTwin(level: Level, size: Size) {
        let x = Block(uniform(size.inputHeight * size.inputWidth * size.channels, -3, 3, seed: 1))
        let w = Block(uniform(size.kernel * size.kernel * size.channels, seed: 2))
        let bias = Block(uniform(size.channels, seed: 3))
        let count = size.height * size.width * size.channels
        for (biased, activation) in [(false, 0), (true, 0), (true, 1), (false, 1)] as [(Bool, Int32)] {
            let y = Block(unset: count)
            level.kernels.depthwise(
                y.base, Int32(size.height), Int32(size.width), x.base, Int32(size.inputWidth), Int32(size.channels),
                Int32(size.kernel), Int32(size.stride), w.base, biased ? bias.base : nil, activation)
            var sums = (0..<count).map { biased ? Double(bias.base[$0 % size.channels]) : 0 }
            size.products { sums[$0] += Double(w.base[$1]) * Double(x.base[$2]) }
            y.expect(sums.map { activated($0, activation) }, "bias \(biased), activation \(activation)")
        }
    }

    @Test(
        arguments: Level.all,
        sizes + [Size(2, 14, 40, 5, 1), Size(1, 8, 24, 3, 1), Size(2, 15, 17, 3, 2), Size(7, 7, 32, 5, 1)])
    func depthwiseOfBlocksMatchesItsTwin(level: Level, size: Size) {
        let (unit, taps) = (Int(LM_BLOCK), size.kernel * size.kernel)
        let blocks = (size.channels + unit - 1) / unit
        let rows = size.inputHeight * size.inputWidth
        let (x, w) = (
            uniform(rows * size.channels, -3, 3, seed: 1), uniform(taps * size.channels, seed: 2)
        )
        let bias = Block(uniform(blocks * unit, seed: 3))
        // Beyond the channels lies what must not matter.
        let blockCount = rows * unit + 5
        let sorted = Block([Float](repeating: 1e30, count: blocks * blockCount))
        let weights = Block([Float](repeating: 1e30, count: blocks * taps * unit))
        for c in 0..<size.channels {
            let (block, lane) = (c / unit, c % unit)
            for row in 0..<rows { sorted.base[block * blockCount + row * unit + lane] = x[row * size.channels + c] }
            for tap in 0..<taps { weights.base[(block * taps + tap) * unit + lane] = w[tap * size.channels + c] }
        }
        let count = size.height * size.width * size.channels
        for activation in [0, 1] as [Int32] {
            let y = Block(unset: count)
            level.kernels.depthwise_blocks(
                y.base, Int32(size.height), Int32(size.width), sorted.base, Int32(size.inputWidth), blockCount,
                Int32(size.channels), Int32(size.kernel), Int32(size.stride), weights.base, bias.base, activation)
            var sums = (0..<count).map { Double(bias.base[$0 % size.channels]) }
            size.products { sums[$0] += Double(w[$1]) * Double(x[$2]) }
            y.expect(sums.map { activated($0, activation) }, "activation \(activation)")
        }
    }

    @Test(arguments: Level.all, sizes) func depthwiseWeightsMatchTheirTwin(level: Level, size: Size) {
        let x = Block(uniform(size.inputHeight * size.inputWidth * size.channels, seed: 1))
        let dy = Block(uniform(size.height * size.width * size.channels, seed: 2))
        let before = uniform(size.kernel * size.kernel * size.channels, seed: 3)
        let dw = Block(before)
        level.kernels.depthwise_weights(
            dw.base, dy.base, Int32(size.height), Int32(size.width), x.base, Int32(size.inputWidth),
            Int32(size.channels), Int32(size.kernel), Int32(size.stride))
        var wanted = before.map(Double.init)
        size.products { wanted[$1] += Double(dy.base[$0]) * Double(x.base[$2]) }
        dw.expect(wanted, "\(size)")
    }

    @Test(arguments: Level.all, sizes) func depthwiseScatterMatchesItsTwin(level: Level, size: Size) {
        let dy = Block(uniform(size.height * size.width * size.channels, seed: 1))
        let w = Block(uniform(size.kernel * size.kernel * size.channels, seed: 2))
        let before = uniform(size.inputHeight * size.inputWidth * size.channels, seed: 3)
        let dx = Block(before)
        level.kernels.depthwise_scatter(
            dx.base, Int32(size.inputWidth), dy.base, Int32(size.height), Int32(size.width), Int32(size.channels),
            Int32(size.kernel), Int32(size.stride), w.base)
        var wanted = before.map(Double.init)
        size.products { wanted[$2] += Double(w.base[$1]) * Double(dy.base[$0]) }
        dx.expect(wanted, "\(size)")
    }

    @Test(arguments: Level.all, sizes) func patchesAndTheirTransposeMatchTheirTwins(level: Level, size: Size) {
        let (first, end) = (size.height / 3, size.height)
        let patch = size.kernel * size.kernel * size.channels
        let rows = (end - first) * size.width
        let x = Block(uniform(size.inputHeight * size.inputWidth * size.channels, seed: 1))
        let y = Block(unset: rows * patch)
        level.kernels.patches(
            y.base, Int32(first), Int32(end), Int32(size.width), x.base, Int32(size.inputWidth), Int32(size.channels),
            Int32(size.kernel), Int32(size.stride))
        let dy = Block(uniform(rows * patch, seed: 2))
        let before = uniform(x.count, seed: 3)
        let dx = Block(before)
        level.kernels.patches_add(
            dx.base, Int32(size.inputWidth), dy.base, Int32(first), Int32(end), Int32(size.width),
            Int32(size.channels), Int32(size.kernel), Int32(size.stride))
        var (wanted, wantedX) = ([Double](repeating: 0, count: rows * patch), before.map(Double.init))
        size.products { output, weight, input in
            let row = output / size.channels - first * size.width
            guard row >= 0 else { return }
            wanted[row * patch + weight] = Double(x.base[input])
            wantedX[input] += Double(dy.base[row * patch + weight])
        }
        y.expect(wanted, tolerance: 0, "patches")
        dx.expect(wantedX, "patches_add")
    }
}
