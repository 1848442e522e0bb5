import CKernels

/// y = Σ gainᵢ·xᵢ, where an input of half the size is doubled by repeating its positions; then an activation.
///
/// Shapes: inputs `[N, H, W, C]` or `[N, H/2, W/2, C]`, output `[N, H, W, C]`. Gains are constants; 1 for a residual.
final class Addition: Layer {
    let name: String
    let terms: [(map: FeatureMap, gain: Float)]
    let output: FeatureMap
    var inputs: [FeatureMap] { terms.map(\.map) }
    var outputs: [FeatureMap] { [output] }
    private let scratch: Scratch
    private let infers: Bool
    let finalActivation: Activation

    init(
        _ name: String, inputs: [(map: FeatureMap, gain: Float)], shape: MapShape, activation: Activation, infers: Bool,
        scratch: Scratch
    ) {
        (self.name, terms, self.scratch, self.infers, finalActivation) = (
            name, inputs, scratch, infers, activation
        )
        output = FeatureMap(shape, activation: infers ? .identity : activation, needsGradient: !infers)
        for (map, _) in inputs {
            let alike = map.shape == shape
            let half = map.shape == shape.with(height: shape.height / 2, width: shape.width / 2)
            precondition(alike || half, "\(name): \(map.shape) into \(shape)")
        }
        scratch.reserve(.input, 2 * shape.width * shape.channels)
        scratch.reserve(.inputGradient, shape.width * shape.channels)
    }

    func forward() {
        let shape = output.shape
        let length = shape.width * shape.channels
        for row in 0..<(shape.batch * shape.height) {
            let y = output.values.base + row * length
            for (k, input) in terms.enumerated() {
                let x = load(input.map, row: row)
                if k == 0, input.gain == 1 {
                    y.update(from: x, count: length)
                } else {
                    if k == 0 { y.update(repeating: 0, count: length) }
                    lm_add_scaled(y, x, input.gain, length)
                }
            }
            if infers, finalActivation != .identity {
                lm_affine(y, length, y, length, 1, length, nil, nil, finalActivation.rawValue)
            }
        }
    }

    func backward() {
        output.finishGradient()
        let shape = output.shape
        for (map, gain) in terms {
            if map.shape == shape, gain == 1 {
                map.addGradient(0, shape.rows, output.gradient.base, stride: shape.channels)
            } else if map.shape == shape {
                addScaled(gain, to: map)
            } else {
                addPooled(gain, to: map)
            }
            map.gradientAdded()
        }
    }

    /// Row `row` of the output's size: in place where the map is plain, in scratch memory otherwise.
    private func load(_ map: FeatureMap, row: Int) -> UnsafePointer<Float> {
        let shape = output.shape
        let channels = shape.channels
        if map.shape == shape {
            if map.isPlain { return UnsafePointer(map.values.base + row * shape.width * channels) }
            map.read(row * shape.width, shape.width, into: scratch[.input], stride: channels)
            return UnsafePointer(scratch[.input])
        }
        let half = shape.width / 2
        let small = scratch[.input] + shape.width * channels
        map.read((row / 2) * half, half, into: small, stride: channels)
        for j in 0..<shape.width {
            (scratch[.input] + j * channels).update(from: small + (j / 2) * channels, count: channels)
        }
        return UnsafePointer(scratch[.input])
    }

    private func addScaled(_ gain: Float, to map: FeatureMap) {
        let shape = output.shape
        let length = shape.width * shape.channels
        let scaled = scratch[.inputGradient]
        for row in 0..<(shape.batch * shape.height) {
            scaled.update(repeating: 0, count: length)
            lm_add_scaled(scaled, output.gradient.base + row * length, gain, length)
            map.addGradient(row * shape.width, shape.width, scaled, stride: shape.channels)
        }
    }

    /// Sums the four positions that a position was repeated to.
    private func addPooled(_ gain: Float, to map: FeatureMap) {
        let shape = output.shape
        let (half, channels) = (shape.width / 2, shape.channels)
        let sums = scratch[.inputGradient]
        for row in 0..<(shape.batch * shape.height / 2) {
            sums.update(repeating: 0, count: half * channels)
            for part in 0..<2 {
                let source = output.gradient.base + (2 * row + part) * shape.width * channels
                for j in 0..<shape.width {
                    lm_add_scaled(sums + (j / 2) * channels, source + j * channels, gain, channels)
                }
            }
            map.addGradient(row * half, half, sums, stride: channels)
        }
    }
}
