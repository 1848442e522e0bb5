import CKernels

/// Moves blocks of 2×2 positions into channels, or back: pixel unshuffle and shuffle without arithmetic.
///
/// Shapes: `[N, H, W, C]` ↔ `[N, H/2, W/2, 4C]`; channel (2·dy + dx)·C + c of the deep map is channel c at (dy, dx) of the block.
final class BlockRearrangement: Layer {
    enum Direction { case spaceToDepth, depthToSpace }

    let name: String
    let input: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [input] }
    var outputs: [FeatureMap] { [output] }
    let direction: Direction
    private let scratch: Scratch

    init(_ name: String, input: FeatureMap, direction: Direction, infers: Bool, scratch: Scratch) {
        (self.name, self.input, self.direction, self.scratch) = (name, input, direction, scratch)
        let shape = input.shape
        switch direction {
        case .spaceToDepth:
            precondition(shape.height % 2 == 0 && shape.width % 2 == 0, "\(name): odd size \(shape)")
            output = FeatureMap(
                MapShape(
                    batch: shape.batch, height: shape.height / 2, width: shape.width / 2, channels: shape.channels * 4),
                needsGradient: !infers)
        case .depthToSpace:
            precondition(shape.channels % 4 == 0, "\(name): \(shape.channels) channels are no multiple of 4")
            output = FeatureMap(
                MapShape(
                    batch: shape.batch, height: shape.height * 2, width: shape.width * 2, channels: shape.channels / 4),
                needsGradient: !infers)
        }
        scratch.reserve(.input, shape.count)
    }

    func forward() {
        let shape = input.shape
        input.read(0, shape.rows, into: scratch[.input], stride: shape.channels)
        Self.move(scratch[.input], shape, to: output.values.base, direction)
    }

    func backward() {
        output.finishGradient()
        let back: Direction = direction == .spaceToDepth ? .depthToSpace : .spaceToDepth
        Self.move(output.gradient.base, output.shape, to: scratch[.input], back)
        input.addGradient(0, input.shape.rows, scratch[.input], stride: input.shape.channels)
        input.gradientAdded()
    }

    private static func move(
        _ source: UnsafePointer<Float>, _ shape: MapShape, to target: UnsafeMutablePointer<Float>,
        _ direction: Direction
    ) {
        let spreads = direction == .depthToSpace
        let fine =
            spreads ? shape.with(height: shape.height * 2, width: shape.width * 2, channels: shape.channels / 4) : shape
        let channels = fine.channels
        for row in 0..<(fine.batch * fine.height) {
            for j in 0..<fine.width {
                let fineIndex = (row * fine.width + j) * channels
                let part = (row % 2) * 2 + j % 2
                let deepIndex = (((row / 2) * (fine.width / 2) + j / 2) * 4 + part) * channels
                let (from, to) = spreads ? (deepIndex, fineIndex) : (fineIndex, deepIndex)
                (target + to).update(from: source + from, count: channels)
            }
        }
    }
}

/// All numbers of an image as one row: `[N, H, W, C]` → `[N, 1, 1, H·W·C]`, channels last.
final class Flattening: Layer {
    let name: String
    let input: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [input] }
    var outputs: [FeatureMap] { [output] }

    init(_ name: String, input: FeatureMap, infers: Bool) {
        (self.name, self.input) = (name, input)
        let shape = input.shape
        output = FeatureMap(
            shape.with(height: 1, width: 1, channels: shape.area * shape.channels), needsGradient: !infers)
    }

    func forward() { input.read(0, input.shape.rows, into: output.values.base, stride: input.shape.channels) }

    func backward() {
        output.finishGradient()
        input.addGradient(0, input.shape.rows, output.gradient.base, stride: input.shape.channels)
        input.gradientAdded()
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
