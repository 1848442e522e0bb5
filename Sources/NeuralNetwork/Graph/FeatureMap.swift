import CKernels

/// What is applied to a map's numbers when they are read.
package enum Activation: Int32, Sendable {
    case identity = 0
    /// x · clamp(x + 3, 0, 6) / 6. Source: Howard et al. 2019, "Searching for MobileNetV3", section 5.2.
    case hardSwish = 1
}

/// Numbers that flow between layers, [batch, height, width, channels], and, in training, their gradient.
///
/// A layer writes what it computed (`values`) and leaves normalisation and activation to the readers, which apply them to
/// the few rows they work on while these are in the cache: `read = activation(values · scale + shift)`. `gradient` is with
/// regard to the argument of the activation. Bound to one thread.
package final class FeatureMap {
    package let shape: MapShape
    package private(set) var values: Tensor
    /// Empty in graphs that only infer.
    package let gradient: Tensor
    let affine: ChannelAffine?
    let activation: Activation
    /// False for inputs, whose gradient nobody asks for.
    let needsGradient: Bool
    /// True once a reader has written to `gradient` in this backward run; the next one adds.
    private(set) var hasGradient = false

    init(
        _ shape: MapShape, affine: ChannelAffine? = nil, activation: Activation = .identity, needsGradient: Bool
    ) {
        self.shape = shape
        (self.affine, self.activation, self.needsGradient) = (affine, activation, needsGradient)
        values = Tensor(zeros: shape.count)
        gradient = Tensor(zeros: needsGradient ? shape.count : 0)
    }

    /// Gives up the map's own memory for a place in memory that outlives it; numbers move along.
    func move(to memory: UnsafeMutablePointer<Float>) {
        memory.update(from: values.base, count: shape.count)
        values = Tensor(viewing: memory, count: shape.count)
    }

    /// Gives up the memory of a map that nobody reads or writes any more.
    func release() { values = Tensor(zeros: 0) }

    /// Numbers of one image of the batch.
    package func image(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
        let count = shape.area * shape.channels
        return UnsafeMutableBufferPointer(rebasing: values.elements[index * count..<(index + 1) * count])
    }

    /// Whether readers see `values` as they are.
    var isPlain: Bool { affine == nil && activation == .identity }

    /// Writes `rows` rows from `start`, normalised and activated, to `destination`, whose rows are `stride` floats apart.
    func read(_ start: Int, _ rows: Int, into destination: UnsafeMutablePointer<Float>, stride: Int) {
        let channels = shape.channels
        lm_affine(
            destination, stride, values.base + start * channels, channels, rows, channels, affine?.scale.base,
            affine?.shift.base, activation.rawValue)
    }

    /// Adds a gradient with regard to what `read` gave for these rows; carries it through the activation on the way.
    func addGradient(_ start: Int, _ rows: Int, _ source: UnsafePointer<Float>, stride: Int) {
        guard needsGradient else { return }
        let channels = shape.channels
        lm_affine_backward(
            gradient.base + start * channels, source, stride, values.base + start * channels, rows, channels,
            affine?.scale.base, affine?.shift.base, activation.rawValue, hasGradient ? 1 : 0,
            affine?.gradientSum.base, affine?.gradientProduct.base)
    }

    /// A reader calls this when it has added to all rows.
    func gradientAdded() { hasGradient = true }

    /// Adds a gradient for all rows at once, as losses do. Length: `shape.count`.
    package func addGradient(_ source: UnsafeBufferPointer<Float>) {
        precondition(source.count == shape.count, "gradient of \(source.count) for map \(shape)")
        addGradient(0, shape.rows, source.baseAddress!, stride: shape.channels)
        gradientAdded()
    }

    /// Before a backward run.
    func resetGradient() {
        hasGradient = false
        affine?.resetSums()
    }

    /// The writer calls this before it uses `gradient`: without readers it is zero.
    func finishGradient() {
        if !hasGradient { gradient.fill(0) }
    }
}

/// Size of a feature map: `batch` images of `height`×`width` positions with `channels` numbers each, channels last.
package struct MapShape: Sendable, Equatable, CustomStringConvertible {
    package let batch: Int
    package let height: Int
    package let width: Int
    package let channels: Int

    package init(batch: Int, height: Int, width: Int, channels: Int) {
        (self.batch, self.height, self.width, self.channels) = (batch, height, width, channels)
    }

    /// Positions of one image.
    package var area: Int { height * width }
    /// Positions of all images: rows of the matrix that the map is to a pointwise convolution.
    package var rows: Int { batch * area }
    package var count: Int { rows * channels }
    package var description: String { "[\(batch), \(height), \(width), \(channels)]" }

    func with(height: Int? = nil, width: Int? = nil, channels: Int? = nil) -> MapShape {
        MapShape(
            batch: batch, height: height ?? self.height, width: width ?? self.width,
            channels: channels ?? self.channels)
    }
}
