/// Everything that shapes a cascade; stored in the model file's metadata.
package struct CascadeConfiguration: Sendable, Equatable {
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
    /// Passes that training unrolls.
    package var passes = 2
    package var attention = true
    package var attentionHeads = 4
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

    /// Side of the heatmaps.
    package var map: Int { crop / 4 }
    /// Highest probability of a heatmap that is just its Gaussian.
    package var idealPeak: Double { min(1, 8 / (.pi * sigma * sigma)) }
    /// Heatmaps are kept times this, so that their numbers are of the size of other features.
    var heatGain: Float { Float(map * map) / 16 }
}
