import Base
import NeuralNetwork
import Safetensors

/// A locator with its weights, as kept in a model file.
package struct LocatorModel: TrainableModel {
    package let configuration: LocatorConfiguration
    package let weights: ModelWeights
    /// Everything about the model that is not its configuration: data, samples seen, errors, date.
    package var notes: [String: String]

    package static let task = "locator"

    /// A model with first weights.
    package init(_ configuration: LocatorConfiguration = .init(), seed: UInt64 = 1, notes: [String: String] = [:]) {
        self.configuration = configuration
        self.notes = notes
        weights = ModelWeights()
        // A graph declares and initialises its parameters; this smallest one is discarded at once.
        let side = LocatorConfiguration.deepest
        _ = LocatorNetwork(
            configuration, .inference, batch: 1, height: side, width: side, weights: weights, seed: seed)
    }

    /// Reads a model file.
    ///
    /// Throws `.noInput` where it is missing, `.unusableData` where it is broken, of another format or task, or does not hold
    /// exactly the weights that its configuration asks for.
    package init(path: String) throws(LandmarkdError) {
        try self.init(SafetensorsFile(path: path), name: path)
    }

    /// The same from a file's contents.
    package init(_ file: SafetensorsFile, name: String) throws(LandmarkdError) {
        try Self.check(file, name)
        let configuration = try LocatorConfiguration(metadata: file.metadata, file: name)
        self.init(configuration, notes: Self.notes(of: file, excluding: configuration.metadata))
        try load(file, name)
    }

    package var metadata: [String: String] { configuration.metadata }
}

/// Everything that shapes a locator; stored in the model file's metadata.
package struct LocatorConfiguration: Sendable, Equatable {
    /// Channels at 1/2, 1/4, 1/8, 1/16 and 1/32 of the frame's side.
    package var widths = [16, 24, 48, 64, 96]
    /// Blocks without a change of size at 1/8, 1/16 and 1/32.
    package var blocks = 1
    /// Y, Cb, Cr; or Y alone.
    package var channels = 3

    package init() {}

    /// Pixels of a cell's side; a shrunk frame is a multiple of `deepest` along both sides.
    package static let cell = 8
    package static let deepest = 32
    /// Side of the crop, in pixels of the shrunk frame, whose logarithm counts as size 0.
    package static let unitSide = 32.0
    /// Numbers of a cell: presence logit; centre's distance from the cell's (x, y, in cells); natural logarithm of the crop's side over
    /// `unitSide`; cosine and sine of its roll.
    package static let outputs = 6
}

extension LocatorConfiguration {
    package var metadata: [String: String] {
        var metadata = ["blocks": "\(blocks)", "channels": "\(channels)"]
        for (level, width) in widths.enumerated() { metadata["width_\(level)"] = "\(width)" }
        return metadata
    }

    /// - Throws: `.unusableData` where a key is missing, is no number of its kind, or is out of range.
    package init(metadata: [String: String], file: String) throws(LandmarkdError) {
        let reader = MetadataReader(metadata: metadata, file: file)
        self.init()
        for level in widths.indices { widths[level] = try reader.integer("width_\(level)", 4...512) }
        blocks = try reader.integer("blocks", 0...4)
        channels = try reader.integer("channels", 1...3)
        try reader.check(channels == 3, "channels", "3")
    }
}

/// Size to which a frame is shrunk for the locator: multiples of 32 along both sides, about 28 672 pixels, in which the frame is as
/// large as it can be.
struct LocatorInputSize: Equatable {
    let width: Int
    let height: Int

    private static let most = 30_720

    /// For a frame of this size.
    init(width: Int, height: Int) {
        let unit = LocatorConfiguration.deepest
        var best = (scale: 0.0, area: 0, width: unit, height: unit)
        for tall in 1...(Self.most / unit / unit) {
            for wide in 1...(Self.most / unit / unit / tall) {
                let scale = Self.scale(width, height, into: wide * unit, tall * unit)
                let area = wide * tall * unit * unit
                if (scale, -area) > (best.scale, -best.area) { best = (scale, area, wide * unit, tall * unit) }
            }
        }
        (self.width, self.height) = (best.width, best.height)
    }

    private static func scale(_ width: Int, _ height: Int, into wide: Int, _ tall: Int) -> Double {
        min(Double(wide) / Double(width), Double(tall) / Double(height))
    }

    /// From pixels of the network's input, in whose middle the shrunk window lies, to those of a window of this size.
    func windowFromInput(width: Int, height: Int) -> SimilarityMap {
        let scale = Self.scale(width, height, into: self.width, self.height)
        let middle = Point(Double(self.width - 1), Double(self.height - 1)) / 2
        return SimilarityMap(
            scale: 1 / scale, angle: 0, from: middle, to: Point(Double(width - 1), Double(height - 1)) / 2)
    }
}

/// The locator as a graph for shrunk frames of one size: fully convolutional, so that all sizes share the weights.
///
/// Each cell of 8×8 pixels says whether a face's crop has its centre there, and where exactly, how large and how turned that crop is.
/// Source of the method: Zhou, Wang and Krähenbühl 2019, "Objects as points"; inverted residuals: Sandler et al. 2018. Bound to one thread.
package final class LocatorNetwork {
    package let graph: Graph
    /// `[N, H, W, 3]`, −1…1.
    package let frame: FeatureMap
    /// `[N, H/8, W/8, 6]`: as `LocatorConfiguration.outputs` says.
    package let cells: FeatureMap

    /// - Parameters:
    ///   - height, width: of the shrunk frame; multiples of 32.
    package init(
        _ configuration: LocatorConfiguration, _ mode: Graph.Mode, batch: Int, height: Int, width: Int,
        weights: ModelWeights, seed: UInt64 = 1
    ) {
        let deepest = LocatorConfiguration.deepest
        precondition(height % deepest == 0 && width % deepest == 0, "a locator for \(width)×\(height) pixels")
        graph = Graph(mode, batch: batch, weights: weights.trained, statistics: weights.statistics, seed: seed)
        frame = graph.input(height: height, width: width, channels: configuration.channels)
        cells = LocatorBuilder(configuration: configuration, graph: graph).cells(frame)
    }

    /// What the cells of one image say at or above `threshold`, on the shrunk frame, row by row.
    package func faces(image: Int = 0, threshold: Double) -> [LocatedFace] {
        let (rows, columns) = (cells.shape.height, cells.shape.width)
        let values = cells.values.elements
        var found: [LocatedFace] = []
        for cell in 0..<(rows * columns) {
            let at = (image * rows * columns + cell) * LocatorConfiguration.outputs
            let presence = 1 / (1 + Double(-values[at]).exponential)
            guard presence >= threshold else { continue }
            let face = FaceCell(
                shift: Point(Double(values[at + 1]), Double(values[at + 2])), size: Double(values[at + 3]),
                roll: Point(Double(values[at + 4]), Double(values[at + 5])))
            found.append(LocatedFace(crop: face.crop(column: cell % columns, row: cell / columns), presence: presence))
        }
        return found
    }
}

/// Puts the locator's layers together.
struct LocatorBuilder {
    let configuration: LocatorConfiguration
    let graph: Graph

    /// Frame → numbers of each cell at 1/8, with context from 1/16 and 1/32.
    func cells(_ frame: FeatureMap) -> FeatureMap {
        let widths = configuration.widths
        let half = graph.convolution(
            frame, "stem", channels: widths[0], kernel: 3, stride: 2, activation: .hardSwish)
        let quarter = residual(half, "quarter.0", channels: widths[1], stride: 2)
        let eighth = stage(quarter, "eighth", channels: widths[2], expand: 4)
        let sixteenth = stage(eighth, "sixteenth", channels: widths[3], expand: 3)
        let deep = stage(sixteenth, "deep", channels: widths[4], expand: 3, kernel: 5)
        let middle = merge(sixteenth, deep, "middle", channels: widths[3])
        let fine = merge(eighth, middle, "fine", channels: widths[2])
        let context = residual(fine, "head.block", channels: widths[2], kernel: 5)
        let numbers = graph.pointwise(
            [context], "head.numbers", channels: LocatorConfiguration.outputs, .bias)
        // The loss reads values: a sum holds the bias in training too, where a convolution leaves it to its readers.
        return graph.sum([(numbers, 1)], "head.sum")
    }

    /// A block that halves the size, and blocks that keep it.
    private func stage(
        _ input: FeatureMap, _ name: String, channels: Int, expand: Int, kernel: Int = 3
    ) -> FeatureMap {
        var map = residual(input, name + ".0", channels: channels, stride: 2, expand: expand)
        for block in 0..<configuration.blocks {
            map = residual(map, "\(name).\(block + 1)", channels: channels, kernel: kernel)
        }
        return map
    }

    /// The coarser map's projection, doubled, on the finer one's.
    private func merge(_ fine: FeatureMap, _ coarse: FeatureMap, _ name: String, channels: Int) -> FeatureMap {
        let lateral = graph.pointwise([fine], name + ".lateral", channels: channels)
        let down = graph.pointwise([coarse], name + ".down", channels: channels)
        return graph.sum([(lateral, 1), (down, 1)], name + ".merged", activation: .hardSwish)
    }

    /// Inverted residual: pointwise expansion, depthwise k×k, pointwise projection; added to its input where the shapes agree.
    private func residual(
        _ input: FeatureMap, _ name: String, channels: Int, stride: Int = 1, expand: Int = 2, kernel: Int = 3
    ) -> FeatureMap {
        let middle = input.shape.channels * expand
        let expanded = graph.pointwise([input], name + ".expand", channels: middle, activation: .hardSwish)
        let filtered = graph.depthwise(
            expanded, name + ".depthwise", kernel: kernel, stride: stride, activation: .hardSwish)
        let projected = graph.pointwise([filtered], name + ".project", channels: channels)
        guard stride == 1, channels == input.shape.channels else { return projected }
        return graph.sum([(input, 1), (projected, 1)], name + ".sum")
    }
}
