/// Everything that shapes a cascade; stored in the model file's metadata.
package struct CascadeConfiguration: Sendable, Equatable {
    /// Most landmarks that a network has.
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

    /// What passes after the first see.
    package enum SpatialTransformer: String, Sendable, CaseIterable {
        /// The same features.
        case none
        /// The features cut again by the landmarks found so far.
        case features
        /// The crop cut again, and features of that.
        case crop
    }

    /// What keeps a network from being built like this, with the key that says so; nil where nothing does.
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
