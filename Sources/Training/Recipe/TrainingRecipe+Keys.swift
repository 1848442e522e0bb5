import FaceTracking

extension TrainingRecipe {
    /// Every key of a recipe file.
    static let keys: [String: Setter] = [
        "samples": .integer(24...1_000_000_000) { $0.settings.samples = $1 },
        "batch": .integer(1...4096) { $0.settings.batch = $1 },
        "learning_rate": .number(1e-7...1) { $0.settings.schedule.peak = $1 },
        "warm_up_steps": .integer(0...1_000_000) { $0.settings.schedule.warmUpSteps = $1 },
        "weight_decay": .number(0...1) { $0.settings.optimizer.weightDecay = Float($1) },
        "clip": .number(1e-3...1e6) { $0.settings.clip = $1 },
        "averaging": .number(0...0.99999) { $0.settings.averaging = $1 },
        "validation_share": .number(0...0.5) { $0.validation = $1 },
        "validation_interval": .integer(1...1_000_000_000) { $0.settings.validationInterval = $1 },
        "checkpoint_interval": .number(1...86400) { $0.settings.checkpointInterval = $1 },
        "heatmap_weight": .number(0...1000) { $0.settings.loss.heatmap = Float($1) },
        "coordinate_weight": .number(0...10000) { $0.settings.loss.coordinates = Float($1) },
        "presence_weight": .number(0...1000) { $0.settings.loss.presence = Float($1) },
        "steadiness_weight": .number(0...10000) { $0.settings.loss.steadiness = Float($1) },
        "anisotropic_weight": .number(0...1000) { $0.settings.loss.anisotropic = Float($1) },
        "opening_weight": .number(0...10000) { $0.settings.loss.openings = Float($1) },
        "part_weights": .number(0...1) { $0.settings.loss.parts = $1 },
        "rarity": .number(0...4) { $0.augmentation.rarity = $1 },
        "shut_lids_share": .number(0...1) { $0.augmentation.lids.share = $1 },
        "pair_share": .number(0...1) { $0.augmentation.pairs.share = $1 },
        "coordinate_loss": .choice(["absolute", "squared", "wing"]) {
            switch $1 {
            case "squared": $0.settings.loss.form = .squared
            case "wing": $0.settings.loss.form = .wing(width: 0.02, curvature: 0.004)
            default: $0.settings.loss.form = .absolute
            }
        },
        "augmentation": .choice(["tracking", "method"]) {
            $0.augmentation = $1 == "method" ? .method : .tracking
        },
        "sets": .texts { $0.sets = $1 },
        "scheme": .text {
            guard let scheme = LandmarkScheme.named($1) else { return false }
            ($0.model.scheme, $0.model.points) = (scheme.name, scheme.count)
            return true
        },
        "crop": .integer(32...512) { $0.model.crop = $1 / 16 * 16 },
        "channels": .integer(1...3) { $0.model.channels = $1 },
        "layout": .choice(CascadeConfiguration.Layout.allCases.map(\.rawValue)) {
            $0.model.layout = CascadeConfiguration.Layout(rawValue: $1) ?? .compact
        },
        "stem": .choice(CascadeConfiguration.Stem.allCases.map(\.rawValue)) {
            $0.model.stem = CascadeConfiguration.Stem(rawValue: $1) ?? .convolutions
        },
        "spatial_transformer": .choice(CascadeConfiguration.SpatialTransformer.allCases.map(\.rawValue)) {
            $0.model.spatialTransformer = CascadeConfiguration.SpatialTransformer(rawValue: $1) ?? .none
        },
        "heatmap_attention": .flag { $0.model.heatmapAttention = $1 },
        "quarter_width": .integer(4...256) { $0.model.quarterWidth = $1 },
        "eighth_width": .integer(4...512) { $0.model.eighthWidth = $1 },
        "width": .integer(2...256) { $0.model.width = $1 },
        "deep_width": .integer(8...512) { $0.model.deepWidth = $1 },
        "passes": .integer(1...8) { $0.model.passes = $1 },
        "attention": .flag { $0.model.attention = $1 },
        "expanded_first_stage": .flag { $0.model.expandedFirstStage = $1 },
        "separate_statistics": .flag { $0.model.separateStatistics = $1 },
        "shared_unit": .flag { $0.model.sharedUnit = $1 },
        "sigma": .number(0.5...32) { $0.model.sigma = $1 },
    ]
}

extension TrainingRecipe.Setter {
    typealias Recipe = TrainingRecipe

    static func integer(_ range: ClosedRange<Int>, _ set: @escaping @Sendable (inout Recipe, Int) -> Void) -> Self {
        Self(wanted: "a whole number in \(range.lowerBound)…\(range.upperBound)") { recipe, value in
            guard let number = value as? Int, range.contains(number) else { return false }
            set(&recipe, number)
            return true
        }
    }

    static func number(
        _ range: ClosedRange<Double>, _ set: @escaping @Sendable (inout Recipe, Double) -> Void
    ) -> Self {
        Self(wanted: "a number in \(range.lowerBound)…\(range.upperBound)") { recipe, value in
            guard let number = value as? Double ?? (value as? Int).map(Double.init), range.contains(number) else {
                return false
            }
            set(&recipe, number)
            return true
        }
    }

    static func flag(_ set: @escaping @Sendable (inout Recipe, Bool) -> Void) -> Self {
        Self(wanted: "true or false") { recipe, value in
            guard let flag = value as? Bool else { return false }
            set(&recipe, flag)
            return true
        }
    }

    static func choice(_ names: [String], _ set: @escaping @Sendable (inout Recipe, String) -> Void) -> Self {
        Self(wanted: "one of " + names.joined(separator: ", ")) { recipe, value in
            guard let name = value as? String, names.contains(name) else { return false }
            set(&recipe, name)
            return true
        }
    }

    static func text(_ set: @escaping @Sendable (inout Recipe, String) -> Bool) -> Self {
        Self(wanted: "a name such as ibug68, or a number of points") { recipe, value in
            set(&recipe, value as? String ?? "\(value)")
        }
    }

    static func texts(_ set: @escaping @Sendable (inout Recipe, [String]) -> Void) -> Self {
        Self(wanted: "a list of names") { recipe, value in
            guard let names = value as? [String] else { return false }
            set(&recipe, names)
            return true
        }
    }
}
