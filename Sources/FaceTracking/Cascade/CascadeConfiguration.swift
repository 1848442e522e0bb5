/// Everything that shapes a cascade; stored in the model file's metadata.
public struct CascadeConfiguration: Sendable, Equatable {
    /// Name of the landmark scheme, and how many landmarks it has.
    public var scheme = "ibug68"
    public var points = 68
    /// Side of the crop in pixels; a multiple of 16.
    public var crop = 128
    /// Y, Cb, Cr; or Y alone.
    public var channels = 3
    /// Channels at 1/8 of the crop's side, where the passes work, and at 1/16.
    public var width = 48
    public var deepWidth = 96
    /// Passes that training unrolls.
    public var passes = 2
    public var attention = true
    public var attentionHeads = 4
    /// First stage after the stem: an inverted residual with a fourfold expansion at half the crop's side (true) or a plain 3×3
    /// convolution.
    public var expandedFirstStage = true
    /// Each pass keeps running statistics of batch normalisation of its own (true) or all passes share them.
    public var separateStatistics = true
    /// The regression-feature unit reads the heatmap unit's features (true) or the feature network's.
    public var sharedUnit = true
    /// Standard deviation of heatmaps, targets and priors, in crop pixels.
    public var sigma = 3.5
    /// How much of the regression unit's output is added to the heatmaps' position, in crop sides.
    public var offsetGain = 0.05

    public init() {}

    /// Side of the heatmaps.
    public var map: Int { crop / 4 }
    /// Highest probability of a heatmap that is just its Gaussian.
    public var idealPeak: Double { min(1, 8 / (.pi * sigma * sigma)) }
    /// Heatmaps are kept times this, so that their numbers are of the size of other features.
    var heatGain: Float { Float(map * map) / 16 }
}
