import Base
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
        // A graph declares what it needs and initialises it; the smallest one is thrown away at once.
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
        self.init(configuration, notes: Self.notes(of: file, besides: configuration.metadata))
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

    /// From pixels of the shrunk frame, in whose middle the frame lies, to the frame's of this size.
    func map(width: Int, height: Int) -> SimilarityMap {
        let scale = Self.scale(width, height, into: self.width, self.height)
        let middle = Point(Double(self.width - 1), Double(self.height - 1)) / 2
        return SimilarityMap(
            scale: 1 / scale, angle: 0, from: middle, to: Point(Double(width - 1), Double(height - 1)) / 2)
    }
}
