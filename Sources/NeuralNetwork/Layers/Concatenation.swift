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
