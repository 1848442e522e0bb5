import Base

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
