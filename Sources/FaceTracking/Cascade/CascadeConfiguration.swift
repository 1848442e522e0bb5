import Base

/// Everything that shapes a cascade; stored in the model file's metadata.
package struct CascadeConfiguration: Sendable, Equatable {
    /// Maximum number of landmarks of a network.
    package static let mostPoints = 400

    /// Name of the landmark scheme, and how many landmarks it has.
    package var scheme = "ibug68"
    package var points = 68
    /// Side of the crop in pixels; a multiple of 16.
    package var crop = 128
    /// Y, Cb, Cr; or Y alone.
    package var channels = 3
    /// Channels at 1/8 of the crop's side, where the passes work, and at 1/16.
    package var width = 48
    package var deepWidth = 96
    /// Channels at 1/4, and of the feature network at 1/8.
    package var quarterWidth = 32
    package var eighthWidth = 64
    /// Passes that training unrolls.
    package var passes = 2
    package var attention = true
    package var attentionHeads = 4
    /// Self-attention between all places of the heatmap unit's map at 1/16.
    package var heatmapAttention = false
    package var layout = Layout.compact
    package var stem = Stem.convolutions
    package var spatialTransformer = SpatialTransformer.none
    /// First stage after the stem: an inverted residual with a fourfold expansion at half the crop's side (true) or a plain 3×3
    /// convolution.
    package var expandedFirstStage = true
    /// Each pass keeps running statistics of batch normalisation of its own (true) or all passes share them.
    package var separateStatistics = true
    /// The regression-feature unit reads the heatmap unit's features (true) or the feature network's.
    package var sharedUnit = true
    /// Standard deviation of heatmaps, targets and priors, in crop pixels.
    package var sigma = 3.5
    /// How much of the regression unit's output is added to the heatmaps' position, in crop sides.
    package var offsetGain = 0.05

    package init() {}

    /// How the units are built.
    package enum Layout: String, Sendable, CaseIterable {
        /// Inverted residuals on maps at 1/8 and 1/16.
        case compact
        /// The published kernels and topology; `width` stands for the 64 channels of its first layer. Starts from heatmaps of its own
        /// instead of the prior.
        case reference
    }

    /// How the compact layout gets from pixels to features at 1/4.
    package enum Stem: String, Sendable, CaseIterable {
        /// Two strided stages; see `expandedFirstStage`.
        case convolutions
        /// One product for each patch of 4×4 pixels.
        case patches
    }

    /// Input of the passes after the first.
    package enum SpatialTransformer: String, Sendable, CaseIterable {
        /// The same features.
        case none
        /// The features, resampled by the landmarks found so far.
        case features
        /// The crop, resampled, and features of that.
        case crop
    }

    /// The key that prevents this network from being built, and what it must be; nil where it can be built.
    package var contradiction: (key: String, wanted: String)? {
        if !(1...Self.mostPoints ~= points) { return ("scheme", "one of at most \(Self.mostPoints) points") }
        if crop % 16 != 0 { return ("crop", "a multiple of 16") }
        if layout == .reference, crop % 32 != 0 {
            return ("crop", "a multiple of 32, as the reference layout needs it")
        }
        if channels != 1 && channels != 3 { return ("channels", "1 or 3") }
        // 40 times the shipped model: a small file must not ask for gigabytes.
        if crop * crop * width * passes > 1 << 26 {
            return ("crop", "small enough: crop² × width × passes at most 2²⁶")
        }
        if attention || heatmapAttention, deepWidth % attentionHeads != 0 {
            return ("deep_width", "a multiple of attention_heads, \(attentionHeads)")
        }
        if attention || heatmapAttention, crop > 256 { return ("crop", "at most 256, as attention needs it") }
        if layout == .reference, spatialTransformer != .none {
            return ("spatial_transformer", "'none', as the reference layout needs it")
        }
        if layout == .compact, width < 8 { return ("width", "at least 8") }
        return nil
    }

    /// Side of the heatmaps.
    package var map: Int { crop / 4 }
    /// Highest probability of a heatmap that is just its Gaussian.
    package var idealPeak: Double { min(1, 8 / (.pi * sigma * sigma)) }
    /// Heatmaps are kept times this, so that their numbers are of the size of other features.
    var heatGain: Float { Float(map * map) / 16 }
}

/// The configuration as strings of the model file, checked when read: sizes that would not fit a machine are refused.
extension CascadeConfiguration {
    package var metadata: [String: String] {
        var metadata = [
            "scheme": scheme, "points": "\(points)", "crop": "\(crop)", "channels": "\(channels)", "width": "\(width)",
            "deep_width": "\(deepWidth)", "passes": "\(passes)", "attention": "\(attention)",
            "attention_heads": "\(attentionHeads)", "expanded_first_stage": "\(expandedFirstStage)",
            "separate_statistics": "\(separateStatistics)", "shared_unit": "\(sharedUnit)", "sigma": "\(sigma)",
            "offset_gain": "\(offsetGain)",
        ]
        // Values equal to those of the first models are left out, as in their files.
        let plain = CascadeConfiguration()
        if heatmapAttention != plain.heatmapAttention { metadata["heatmap_attention"] = "\(heatmapAttention)" }
        if layout != plain.layout { metadata["layout"] = layout.rawValue }
        if stem != plain.stem { metadata["stem"] = stem.rawValue }
        if spatialTransformer != plain.spatialTransformer {
            metadata["spatial_transformer"] = spatialTransformer.rawValue
        }
        if quarterWidth != plain.quarterWidth { metadata["quarter_width"] = "\(quarterWidth)" }
        if eighthWidth != plain.eighthWidth { metadata["eighth_width"] = "\(eighthWidth)" }
        return metadata
    }

    /// - Throws: `.unusableData` where a key is missing, is no number of its kind, or is out of range.
    package init(metadata: [String: String], file: String) throws(LandmarkdError) {
        let reader = MetadataReader(metadata: metadata, file: file)
        self.init()
        scheme = try reader.text("scheme")
        points = try reader.integer("points", 1...Self.mostPoints)
        crop = try reader.integer("crop", 32...512)
        channels = try reader.integer("channels", 1...3)
        width = try reader.integer("width", 2...256)
        deepWidth = try reader.integer("deep_width", 8...512)
        passes = try reader.integer("passes", 1...8)
        attention = try reader.flag("attention")
        attentionHeads = try reader.integer("attention_heads", 1...16)
        expandedFirstStage = try reader.flag("expanded_first_stage")
        separateStatistics = try reader.flag("separate_statistics")
        sharedUnit = try reader.flag("shared_unit")
        sigma = try reader.number("sigma", 0.1...100)
        offsetGain = try reader.number("offset_gain", 0...1)
        let known = LandmarkScheme.named(scheme)?.count ?? points
        try reader.check(known == points, "points", "\(known), as scheme \(scheme) has")
        heatmapAttention = try reader.flag("heatmap_attention", otherwise: heatmapAttention)
        layout = try reader.choice("layout", otherwise: layout)
        stem = try reader.choice("stem", otherwise: stem)
        spatialTransformer = try reader.choice("spatial_transformer", otherwise: spatialTransformer)
        quarterWidth = try reader.integer("quarter_width", 4...256, otherwise: quarterWidth)
        eighthWidth = try reader.integer("eighth_width", 4...512, otherwise: eighthWidth)
        if let (key, wanted) = contradiction { try reader.check(false, key, wanted) }
    }
}

/// Reads typed values from a model file's strings.
struct MetadataReader {
    let metadata: [String: String]
    let file: String

    func text(_ key: String) throws(LandmarkdError) -> String {
        guard let value = metadata[key] else { throw fault(key, "is missing") }
        return value
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) throws(LandmarkdError) -> Int {
        let value = try text(key)
        guard let number = Int(value), range.contains(number) else {
            throw fault(key, "is '\(value)', not a whole number in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func number(_ key: String, _ range: ClosedRange<Double>) throws(LandmarkdError) -> Double {
        let value = try text(key)
        guard let number = Double(value), range.contains(number) else {
            throw fault(key, "is '\(value)', not a number in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func flag(_ key: String) throws(LandmarkdError) -> Bool {
        let value = try text(key)
        guard let flag = Bool(value) else { throw fault(key, "is '\(value)', not true or false") }
        return flag
    }

    // Keys added later: where one is missing, the value is that of all earlier models.

    func flag(_ key: String, otherwise: Bool) throws(LandmarkdError) -> Bool {
        metadata[key] == nil ? otherwise : try flag(key)
    }

    func integer(_ key: String, _ range: ClosedRange<Int>, otherwise: Int) throws(LandmarkdError) -> Int {
        metadata[key] == nil ? otherwise : try integer(key, range)
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, otherwise: Choice
    ) throws(LandmarkdError) -> Choice where Choice.RawValue == String {
        guard let value = metadata[key] else { return otherwise }
        guard let choice = Choice(rawValue: value) else {
            throw fault(key, "is '\(value)', none of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    func check(_ holds: Bool, _ key: String, _ wanted: String) throws(LandmarkdError) {
        if !holds { throw fault(key, "is '\(metadata[key] ?? "")', not \(wanted)") }
    }

    private func fault(_ key: String, _ why: String) -> LandmarkdError {
        LandmarkdError(.unusableData, "\(file): metadata: \(key) \(why)", remedy: "use a model that landmarkd wrote")
    }
}
