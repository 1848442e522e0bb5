import FaceTracking

extension TrainingRecipe {
    /// Keys that shape the network; `--from` takes all of these from the model.
    static let networkKeys: [String: Setter] = [
        "crop": .integer(32...512) { $0.model.crop = $1 / 16 * 16 }
            .means("side of the network's crop in pixels, rounded down to a multiple of 16") { "\($0.model.crop)" },
        "channels": .integer(1...3) { $0.model.channels = $1 }
            .means("what the network sees, luma alone (1) or luma and colour (3)") { "\($0.model.channels)" },
        "layout": .choice(CascadeConfiguration.Layout.allCases.map(\.rawValue)) {
            $0.model.layout = CascadeConfiguration.Layout(rawValue: $1) ?? .compact
        }
        .means("inverted residuals (compact), or the plain convolutions of the published network (reference)") {
            $0.model.layout.rawValue
        },
        "stem": .choice(CascadeConfiguration.Stem.allCases.map(\.rawValue)) {
            $0.model.stem = CascadeConfiguration.Stem(rawValue: $1) ?? .convolutions
        }
        .means("how pixels become features at a quarter of the crop's side") { $0.model.stem.rawValue },
        "spatial_transformer": .choice(CascadeConfiguration.SpatialTransformer.allCases.map(\.rawValue)) {
            $0.model.spatialTransformer = CascadeConfiguration.SpatialTransformer(rawValue: $1) ?? .none
        }
        .means("what each pass cuts again by a similarity of its own estimate: nothing, the features or the crop") {
            $0.model.spatialTransformer.rawValue
        },
        "heatmap_attention": .flag { $0.model.heatmapAttention = $1 }
            .means("self-attention in the heatmap unit") { "\($0.model.heatmapAttention)" },
        "quarter_width": .integer(4...256) { $0.model.quarterWidth = $1 }
            .means("channels at a quarter of the crop's side") { "\($0.model.quarterWidth)" },
        "eighth_width": .integer(4...512) { $0.model.eighthWidth = $1 }
            .means("channels of the feature network at an eighth of the crop's side") { "\($0.model.eighthWidth)" },
        "width": .integer(2...256) { $0.model.width = $1 }
            .means("channels at an eighth of the crop's side, where the passes work") { "\($0.model.width)" },
        "deep_width": .integer(8...512) { $0.model.deepWidth = $1 }
            .means("channels at a sixteenth of the crop's side") { "\($0.model.deepWidth)" },
        "passes": .integer(1...8) { $0.model.passes = $1 }
            .means("passes of the cascade that are trained") { "\($0.model.passes)" },
        "attention": .flag { $0.model.attention = $1 }
            .means("self-attention at the end of the feature network") { "\($0.model.attention)" },
        "expanded_first_stage": .flag { $0.model.expandedFirstStage = $1 }
            .means("inverted residual with fourfold expansion after the stem, in place of a plain convolution") {
                "\($0.model.expandedFirstStage)"
            },
        "separate_statistics": .flag { $0.model.separateStatistics = $1 }
            .means("each pass keeps running statistics of its own") { "\($0.model.separateStatistics)" },
        "shared_unit": .flag { $0.model.sharedUnit = $1 }
            .means("the regression-feature unit reads the heatmap unit's features, in place of the feature network's") {
                "\($0.model.sharedUnit)"
            },
        "sigma": .number(0.5...32) { $0.model.sigma = $1 }
            .means("standard deviation of heatmaps and their targets, in pixels of the crop") { "\($0.model.sigma)" },
    ]
}
