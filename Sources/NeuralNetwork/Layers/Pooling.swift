import CKernels

/// Largest of each 2×2 positions: `[N, H, W, C]` → `[N, H/2, W/2, C]`; H and W are even.
final class MaxPooling: Layer {
    let name: String
    private let input: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [input] }
    var outputs: [FeatureMap] { [output] }
    private let scratch: Scratch
    /// Which of the four was the largest, 2·dy + dx.
    private let winners: Array64<UInt8>

    init(_ name: String, input: FeatureMap, infers: Bool, scratch: Scratch) {
        let shape = input.shape
        precondition(shape.height % 2 == 0 && shape.width % 2 == 0, "\(name): odd size \(shape)")
        (self.name, self.input, self.scratch) = (name, input, scratch)
        output = FeatureMap(shape.with(height: shape.height / 2, width: shape.width / 2), needsGradient: !infers)
        winners = Array64(repeating: 0, count: output.shape.count)
        scratch.reserve(.input, 2 * shape.width * shape.channels)
    }

    func forward() {
        let (shape, channels) = (output.shape, output.shape.channels)
        for row in 0..<(shape.batch * shape.height) {
            let x = scratch[.input]
            input.read(2 * row * input.shape.width, 2 * input.shape.width, into: x, stride: channels)
            for column in 0..<shape.width {
                let at = (row * shape.width + column) * channels
                for c in 0..<channels {
                    var (best, winner): (Float, UInt8) = (-.infinity, 0)
                    for part in 0..<4 {
                        let value = x[offset(part, column) + c]
                        if value > best { (best, winner) = (value, UInt8(part)) }
                    }
                    output.values[at + c] = best
                    winners[at + c] = winner
                }
            }
        }
    }

    func backward() {
        output.finishGradient()
        let (shape, channels) = (output.shape, output.shape.channels)
        let length = 2 * input.shape.width * channels
        for row in 0..<(shape.batch * shape.height) {
            let dx = scratch[.input]
            dx.update(repeating: 0, count: length)
            for column in 0..<shape.width {
                let at = (row * shape.width + column) * channels
                for c in 0..<channels { dx[offset(Int(winners[at + c]), column) + c] = output.gradient[at + c] }
            }
            input.addGradient(2 * row * input.shape.width, 2 * input.shape.width, dx, stride: channels)
        }
        input.gradientAdded()
    }

    /// First number of part `part` of the block over `column`, in two rows of the input.
    private func offset(_ part: Int, _ column: Int) -> Int {
        ((part / 2) * input.shape.width + 2 * column + part % 2) * input.shape.channels
    }
}

/// Mean over the positions of an image: `[N, H, W, C]` → `[N, 1, 1, C]`.
final class AveragePooling: Layer {
    let name: String
    let input: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [input] }
    var outputs: [FeatureMap] { [output] }
    private let scratch: Scratch
    /// 1/positions for each position.
    private let shares: Tensor

    init(_ name: String, input: FeatureMap, infers: Bool, scratch: Scratch) {
        (self.name, self.input, self.scratch) = (name, input, scratch)
        output = FeatureMap(input.shape.with(height: 1, width: 1), needsGradient: !infers)
        shares = Tensor(repeating: 1 / Float(input.shape.area), count: input.shape.area)
        scratch.reserve(.input, input.shape.area * input.shape.channels)
    }

    func forward() {
        let shape = input.shape
        let channels = shape.channels
        for image in 0..<shape.batch {
            input.read(image * shape.area, shape.area, into: scratch[.input], stride: channels)
            lm_gemm(
                1, Int32(channels), Int32(shape.area), shares.base, 0, 1, scratch[.input], channels,
                output.values.base + image * channels, channels, 0, nil, 0)
        }
    }

    func backward() {
        output.finishGradient()
        let shape = input.shape
        let (channels, share) = (shape.channels, 1 / Float(shape.area))
        for image in 0..<shape.batch {
            scratch[.input].update(repeating: 0, count: shape.area * channels)
            for row in 0..<shape.area {
                lm_add_scaled(
                    scratch[.input] + row * channels, output.gradient.base + image * channels, share, channels)
            }
            input.addGradient(image * shape.area, shape.area, scratch[.input], stride: channels)
        }
        input.gradientAdded()
    }
}
