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

/// Maps of the same size side by side: `[N, H, W, Cᵢ]` → `[N, H, W, ΣCᵢ]`. Pointwise convolutions do without; full ones read one map.
final class Concatenation: Layer {
    let name: String
    let inputs: [FeatureMap]
    let output: FeatureMap
    var outputs: [FeatureMap] { [output] }

    init(_ name: String, inputs: [FeatureMap], infers: Bool) {
        let shape = inputs[0].shape
        precondition(inputs.allSatisfy { $0.shape.with(channels: 1) == shape.with(channels: 1) }, name)
        (self.name, self.inputs) = (name, inputs)
        output = FeatureMap(shape.with(channels: inputs.reduce(0) { $0 + $1.shape.channels }), needsGradient: !infers)
    }

    func forward() {
        var column = 0
        for input in inputs {
            input.read(0, input.shape.rows, into: output.values.base + column, stride: output.shape.channels)
            column += input.shape.channels
        }
    }

    func backward() {
        output.finishGradient()
        var column = 0
        for input in inputs {
            input.addGradient(0, input.shape.rows, output.gradient.base + column, stride: output.shape.channels)
            input.gradientAdded()
            column += input.shape.channels
        }
    }
}

/// The first channels of a map: `[N, H, W, C]` → `[N, H, W, D]`. For inputs only: carries no gradient.
final class ChannelSelection: Layer {
    let name: String
    private let input: FeatureMap
    let output: FeatureMap
    var inputs: [FeatureMap] { [input] }
    var outputs: [FeatureMap] { [output] }

    init(_ name: String, input: FeatureMap, channels: Int) {
        precondition(input.isPlain && !input.needsGradient && channels <= input.shape.channels, name)
        (self.name, self.input) = (name, input)
        output = FeatureMap(input.shape.with(channels: channels), needsGradient: false)
    }

    func forward() {
        let (from, to) = (input.shape.channels, output.shape.channels)
        for row in 0..<input.shape.rows {
            (output.values.base + row * to).update(from: input.values.base + row * from, count: to)
        }
    }

    func backward() {}
}
