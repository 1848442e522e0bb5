import Base
import Capture
import FaceTracking
import Samples
import SettingsFile

extension TrainingRecipe {
    /// Every key of a recipe file.
    static let keys = trainingKeys.merging(networkKeys) { $1 }.merging(pointKeys) { $1 }

    /// Keys of samples, losses and optimiser.
    private static let trainingKeys: [String: Setter] = [
        "samples": .integer(24...1_000_000_000) { $0.settings.samples = $1 }
            .means("samples of the whole run; the learning rate has fallen to its end by then") {
                "\($0.settings.samples)"
            },
        "batch": .integer(1...4096) { $0.settings.batch = $1 }
            .means("samples of a step, over all threads") { "\($0.settings.batch)" },
        "learning_rate": .number(1e-7...1) { $0.settings.schedule.peak = $1 }
            .means(
                "highest learning rate; it rises to it in the warm-up, then falls to a hundredth along half a cosine"
            ) { "\($0.settings.schedule.peak)" },
        "warm_up_steps": .integer(0...1_000_000) { $0.settings.schedule.warmUpSteps = $1 }
            .means("steps in which the learning rate rises from 0") { "\($0.settings.schedule.warmUpSteps)" },
        "weight_decay": .number(0...1) { $0.settings.optimizer.weightDecay = Float($1) }
            .means("decoupled weight decay of AdamW") { "\($0.settings.optimizer.weightDecay)" },
        "clip": .number(1e-3...1e6) { $0.settings.clip = $1 }
            .means("longest norm of the gradient; longer ones are shortened to it") { "\($0.settings.clip)" },
        "averaging": .number(0...0.99999) { $0.settings.averaging = $1 }
            .means("share of the past in the moving average of the weights, which is what is validated and shipped") {
                "\($0.settings.averaging)"
            },
        "frozen_share": .number(0...1) { $0.settings.frozenShare = $1 }
            .means("share of the run in which weights taken over by --from stay as they are") {
                "\($0.settings.frozenShare)"
            },
        "inherited_rate": .number(0...1) { $0.settings.inheritedRate = $1 }
            .means("learning rate of weights taken over by --from, in parts of that of the others") {
                "\($0.settings.inheritedRate)"
            },
        "validation_share": .number(0...0.5) { $0.validation = $1 }
            .means("share of the groups (persons, photographs) that is held back to validate on and to fit confidence")
        { "\($0.validation)" },
        "validation_interval": .integer(1...1_000_000_000) { $0.settings.validationInterval = $1 }
            .means("samples between two validations") { "\($0.settings.validationInterval)" },
        "checkpoint_interval": .number(1...86400) { $0.settings.checkpointInterval = $1 }
            .means("seconds between two checkpoints") { "\($0.settings.checkpointInterval)" },
        "heatmap_weight": .number(0...1000) { $0.settings.loss.heatmap = Float($1) }
            .means("weight of the heatmaps' cross-entropy in the loss") { "\($0.settings.loss.heatmap)" },
        "coordinate_weight": .number(0...10000) { $0.settings.loss.coordinates = Float($1) }
            .means("weight of the landmarks' error in the loss") { "\($0.settings.loss.coordinates)" },
        "presence_weight": .number(0...1000) { $0.settings.loss.presence = Float($1) }
            .means("weight of the presence loss (face or no face)") { "\($0.settings.loss.presence)" },
        "steadiness_weight": .number(0...10000) { $0.settings.loss.steadiness = Float($1) }
            .means("weight of the change of errors between two frames of a face in the loss") {
                "\($0.settings.loss.steadiness)"
            },
        "anisotropic_weight": .number(0...1000) { $0.settings.loss.anisotropic = Float($1) }
            .means("weight of the landmarks' error along and across each heatmap's own axes in the loss") {
                "\($0.settings.loss.anisotropic)"
            },
        "opening_weight": .number(0...10000) { $0.settings.loss.openings = Float($1) }
            .means("weight of how far lids and inner lips are apart in the loss") { "\($0.settings.loss.openings)" },
        "part_weights": .number(0...1) { $0.settings.loss.parts = $1 }
            .means("how much landmarks of small parts, as lids, count more than those of large ones") {
                "\($0.settings.loss.parts)"
            },
        "rarity": .number(0...4) { $0.augmentation.rarity = $1 }
            .means("how much more often faces of rare shape are drawn") { "\($0.augmentation.rarity)" },
        "shut_lids_share": .number(0...1) { $0.augmentation.lids.share = $1 }
            .means("share of the samples whose eyes are shut by warping the lids") { "\($0.augmentation.lids.share)" },
        "pair_share": .number(0...1) { $0.augmentation.pairs.share = $1 }
            .means("share of the samples that come in pairs: a crop and the next frame of the same face") {
                "\($0.augmentation.pairs.share)"
            },
        "coordinate_loss": .choice(["absolute", "squared", "wing"]) {
            switch $1 {
            case "squared": $0.settings.loss.form = .squared
            case "wing": $0.settings.loss.form = .wing(width: 0.02, curvature: 0.004)
            default: $0.settings.loss.form = .absolute
            }
        }
        .means("how the error of a coordinate counts; wing is steep near 0 and linear beyond") {
            switch $0.settings.loss.form {
            case .absolute: "absolute"
            case .squared: "squared"
            case .wing: "wing"
            }
        },
        "augmentation": .choice(["tracking", "method"]) {
            $0.augmentation = $1 == "method" ? .method : .tracking
        }
        .means("how samples are made: as tracking meets them, or as the method was published") {
            $0.augmentation.crops == .method ? "method" : "tracking"
        },
        "sets": .texts { $0.sets = $1 }
            .means("names of the sets of the data to train on; none: all") {
                $0.sets.isEmpty ? "all" : "[\($0.sets.joined(separator: ", "))]"
            },
    ]
}

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

extension TrainingRecipe {
    /// Keys that say what is annotated.
    static let pointKeys: [String: Setter] = [
        "scheme": .text {
            guard let scheme = LandmarkScheme.named($1) else { return false }
            ($0.model.scheme, $0.model.points) = (scheme.name, scheme.count)
            return true
        }
        .means("what is annotated: ibug68, wflw98, fgnet68, helen194, or a number of points of your own") {
            $0.model.scheme
        },
        "point_names": .texts { $0.points.names = $1 }
            .means("a name for each point, in their order: columns of tables are called by them") {
                Self.list($0.points.names)
            },
        "lines": .lists { $0.points.lines = $1 }
            .means("runs of points, by number or name, that lines join in drawings; closed ones end as they begin") {
                Self.list($0.points.lines.map(Self.list))
            },
        "mirror": .texts { $0.points.mirror = $1 }
            .means(
                "for each point the one that it becomes when the picture is flipped left to right; none: found from the faces' shapes"
            ) { Self.list($0.points.mirror) },
        "unit": .texts { $0.points.unit = $1 }
            .means(
                "two points, left in the picture first, level in an upright face, whose distance is the unit of errors; none: the size of the box around all points"
            ) { Self.list($0.points.unit) },
    ]

    private static func list(_ words: [String]) -> String {
        words.isEmpty ? "none" : "[\(words.joined(separator: ", "))]"
    }
}

extension TrainingRecipe.Setter {
    typealias Recipe = TrainingRecipe

    private init<Value>(_ reader: SettingReader<Value>, _ set: @escaping @Sendable (inout Recipe, Value) -> Void) {
        wanted = reader.wanted
        apply = { (recipe, node) throws(LandmarkdError) in set(&recipe, try reader.read(node)) }
    }

    static func integer(_ range: ClosedRange<Int>, _ set: @escaping @Sendable (inout Recipe, Int) -> Void) -> Self {
        Self(.integer(range), set)
    }

    static func number(
        _ range: ClosedRange<Double>, _ set: @escaping @Sendable (inout Recipe, Double) -> Void
    ) -> Self {
        Self(.number(range), set)
    }

    static func flag(_ set: @escaping @Sendable (inout Recipe, Bool) -> Void) -> Self { Self(.flag, set) }

    static func choice(_ names: [String], _ set: @escaping @Sendable (inout Recipe, String) -> Void) -> Self {
        Self(.choice(names), set)
    }

    /// `set` returns false where the text is not one that it knows.
    static func text(_ set: @escaping @Sendable (inout Recipe, String) -> Bool) -> Self {
        let reader = SettingReader<String>.text("a name such as ibug68, or a number of points")
        return Self(wanted: reader.wanted) { (recipe, node) throws(LandmarkdError) in
            guard set(&recipe, try reader.read(node)) else { throw node.unsuitable(reader.wanted) }
        }
    }

    static func texts(_ set: @escaping @Sendable (inout Recipe, [String]) -> Void) -> Self {
        Self(.texts("a list of names"), set)
    }

    /// A list of lists of names.
    static func lists(_ set: @escaping @Sendable (inout Recipe, [[String]]) -> Void) -> Self {
        let wanted = "a list of lists of points"
        let names = SettingReader<[String]>.texts(wanted)
        return Self(
            SettingReader<[[String]]>(wanted) { (node) throws(LandmarkdError) in
                try node.elements(wanted).map { (list) throws(LandmarkdError) in try names.read(list) }
            }, set)
    }
}

extension TrainingRecipe {
    /// Help for every key of a recipe file: values, default and meaning. `landmarkd train --help-recipe` prints it, and the
    /// manual page includes it.
    package static var help: String {
        let (landmarks, locator) = (TrainingRecipe(.landmarks), TrainingRecipe(.locator))
        let entries = keys.sorted { $0.key < $1.key }.map { key, setter in
            let (value, other) = (setter.value(landmarks), setter.value(locator))
            let defaults = value == other ? value : "\(value), for a locator \(other)"
            return "\(key): \(setter.wanted) (default: \(defaults))\n    \(setter.meaning)"
        }
        return
            "A recipe is a YAML file with a line 'key: value' for each of these keys that is to differ from its default.\n\n"
            + entries.joined(separator: "\n")
    }
}

extension TrainingRecipe.Setter {
    /// The same key with its help; `value` returns a recipe's value as it would be written in a file.
    func means(_ meaning: String, _ value: @escaping @Sendable (TrainingRecipe) -> String) -> Self {
        var setter = self
        (setter.meaning, setter.value) = (meaning, value)
        return setter
    }
}
