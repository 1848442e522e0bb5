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
            .means("number of training samples; the learning rate decays to its minimum over them") {
                "\($0.settings.samples)"
            }
            .automatic(TrainingRecipe.sampleRule),
        "batch": .integer(1...4096) { $0.settings.batch = $1 }
            .means("samples per step, over all threads") { "\($0.settings.batch)" },
        "learning_rate": .number(1e-7...1) { $0.settings.schedule.peak = $1 }
            .means(
                "peak learning rate, reached at the end of the warm-up; then decays to a hundredth along half a cosine"
            ) { "\($0.settings.schedule.peak)" },
        "warm_up_steps": .integer(0...1_000_000) { $0.settings.schedule.warmUpSteps = $1 }
            .means("steps over which the learning rate rises from 0") { "\($0.settings.schedule.warmUpSteps)" },
        "weight_decay": .number(0...1) { $0.settings.optimizer.weightDecay = Float($1) }
            .means("decoupled weight decay of AdamW") { "\($0.settings.optimizer.weightDecay)" },
        "clip": .number(1e-3...1e6) { $0.settings.clip = $1 }
            .means("maximum norm of the gradient; longer gradients are clipped to it") { "\($0.settings.clip)" },
        "averaging": .number(0...0.99999) { $0.settings.averaging = $1 }
            .means("decay of the exponential moving average of the weights, which is validated and saved as the model")
        {
            "\($0.settings.averaging)"
        },
        "frozen_share": .number(0...1) { $0.settings.frozenShare = $1 }
            .means("share of the run in which weights inherited by --from are frozen") {
                "\($0.settings.frozenShare)"
            },
        "inherited_rate": .number(0...1) { $0.settings.inheritedRate = $1 }
            .means("learning rate of weights inherited by --from, relative to that of the others") {
                "\($0.settings.inheritedRate)"
            },
        "validation_share": .number(0...0.5) { $0.validation = $1 }
            .means(
                "share of the groups (people, photographs) that is held back for validation and for calibrating confidence"
            ) { "\($0.validation)" }
            .automatic(
                "by the number of groups, from \(FaceSplit.share(groups: .max)) to \(FaceSplit.share(groups: 1))"),
        "validation_interval": .integer(1...1_000_000_000) { $0.settings.validationInterval = $1 }
            .means("samples between validations") { "\($0.settings.validationInterval)" }
            .automatic("a fifth of the samples, at most \(TrainingSettings().validationInterval)"),
        "checkpoint_interval": .number(1...86400) { $0.settings.checkpointInterval = $1 }
            .means("seconds between checkpoints") { "\($0.settings.checkpointInterval)" },
        "heatmap_weight": .number(0...1000) { $0.settings.loss.heatmap = Float($1) }
            .means("weight of the heatmaps' cross-entropy in the loss") { "\($0.settings.loss.heatmap)" },
        "coordinate_weight": .number(0...10000) { $0.settings.loss.coordinates = Float($1) }
            .means("weight of the landmark error in the loss") { "\($0.settings.loss.coordinates)" },
        "presence_weight": .number(0...1000) { $0.settings.loss.presence = Float($1) }
            .means("weight of the presence loss (face or no face)") { "\($0.settings.loss.presence)" },
        "steadiness_weight": .number(0...10000) { $0.settings.loss.steadiness = Float($1) }
            .means("weight in the loss of the change of errors between two frames of a face") {
                "\($0.settings.loss.steadiness)"
            },
        "anisotropic_weight": .number(0...1000) { $0.settings.loss.anisotropic = Float($1) }
            .means("weight in the loss of the landmark error along and across the axes of each heatmap") {
                "\($0.settings.loss.anisotropic)"
            },
        "opening_weight": .number(0...10000) { $0.settings.loss.openings = Float($1) }
            .means("weight in the loss of the distances between lids and between inner lips") {
                "\($0.settings.loss.openings)"
            },
        "part_weights": .number(0...1) { $0.settings.loss.parts = $1 }
            .means("how much more landmarks of small parts, such as lids, count than those of large ones") {
                "\($0.settings.loss.parts)"
            },
        "rarity": .number(0...4) { $0.augmentation.rarity = $1 }
            .means("how much more often faces of unusual shape are sampled; 0: equally often") {
                "\($0.augmentation.rarity)"
            },
        "shut_lids_share": .number(0...1) { $0.augmentation.lids.share = $1 }
            .means("share of samples whose eyes are shut by warping the lids") { "\($0.augmentation.lids.share)" },
        "warp_share": .number(0...1) { $0.augmentation.shapes.share = $1 }
            .means("share of samples whose face is given another shape by a smooth warp") {
                "\($0.augmentation.shapes.share)"
            },
        "pair_share": .number(0...1) { $0.augmentation.pairs.share = $1 }
            .means("share of samples that come in pairs: a crop and the next frame of the same face") {
                "\($0.augmentation.pairs.share)"
            },
        "coordinate_loss": .choice(["absolute", "squared", "wing"]) {
            switch $1 {
            case "squared": $0.settings.loss.form = .squared
            case "wing": $0.settings.loss.form = .wing(width: 0.02, curvature: 0.004)
            default: $0.settings.loss.form = .absolute
            }
        }
        .means("form of the coordinate loss; wing is steep near 0 and linear beyond") {
            switch $0.settings.loss.form {
            case .absolute: "absolute"
            case .squared: "squared"
            case .wing: "wing"
            }
        },
        "augmentation": .choice(["tracking", "method"]) {
            $0.augmentation = $1 == "method" ? .method : .tracking
        }
        .means("augmentation for tracking, or that of the published method") {
            $0.augmentation.crops == .method ? "method" : "tracking"
        },
        "sets": .texts { $0.sets = $1 }
            .means("names of the sets to train on") {
                $0.sets.isEmpty ? "all" : "[\($0.sets.joined(separator: ", "))]"
            },
    ]
}

extension TrainingRecipe {
    /// Keys that shape the network; `--from` takes all of these from the model.
    static let networkKeys: [String: Setter] = [
        "crop": .integer(32...512) { $0.model.crop = $1 / 16 * 16 }
            .means("side of the network's input crop in pixels, rounded down to a multiple of 16") {
                "\($0.model.crop)"
            },
        "channels": .integer(1...3) { $0.model.channels = $1 }
            .means("input channels: luma alone (1), or luma and colour (3)") { "\($0.model.channels)" },
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
        .means("what each pass resamples by a similarity found from its landmarks: nothing, the features or the crop") {
            $0.model.spatialTransformer.rawValue
        },
        "heatmap_attention": .flag { $0.model.heatmapAttention = $1 }
            .means("self-attention in the heatmap unit") { "\($0.model.heatmapAttention)" },
        "quarter_width": .integer(4...256) { $0.model.quarterWidth = $1 }
            .means("channels at a quarter of the crop's side") { "\($0.model.quarterWidth)" },
        "eighth_width": .integer(4...512) { $0.model.eighthWidth = $1 }
            .means("channels of the feature network at an eighth of the crop's side") { "\($0.model.eighthWidth)" },
        "width": .integer(2...256) { $0.model.width = $1 }
            .means("channels of the passes, at an eighth of the crop's side") { "\($0.model.width)" },
        "deep_width": .integer(8...512) { $0.model.deepWidth = $1 }
            .means("channels at a sixteenth of the crop's side") { "\($0.model.deepWidth)" },
        "passes": .integer(1...8) { $0.model.passes = $1 }
            .means("number of passes that are trained") { "\($0.model.passes)" },
        "attention": .flag { $0.model.attention = $1 }
            .means("self-attention at the end of the feature network") { "\($0.model.attention)" },
        "expanded_first_stage": .flag { $0.model.expandedFirstStage = $1 }
            .means("inverted residual with fourfold expansion after the stem, instead of a plain convolution") {
                "\($0.model.expandedFirstStage)"
            },
        "separate_statistics": .flag { $0.model.separateStatistics = $1 }
            .means("separate batch normalisation statistics for each pass") { "\($0.model.separateStatistics)" },
        "shared_unit": .flag { $0.model.sharedUnit = $1 }
            .means("the regression-feature unit reads the heatmap unit's features instead of the feature network's") {
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
        .means("landmark scheme: ibug68, wflw98, fgnet68, helen194, or a number of points of your own") {
            $0.model.scheme
        }
        .automatic("ibug68, or that of the model with --from, if the data have such faces; otherwise that of the data"),
        "point_names": .texts { $0.points.names = $1 }
            .means("a name for each point, in order; used for the columns of tables") {
                Self.list($0.points.names)
            },
        "lines": .lists { $0.points.lines = $1 }
            .means(
                "lists of points, by number or name, that are joined by lines in drawings; a closed line ends with its first point"
            ) {
                Self.list($0.points.lines.map(Self.list))
            },
        "mirror": .texts { $0.points.mirror = $1 }
            .means(
                "for each point, the point that it becomes when the picture is flipped left to right; none: derived from the faces' shapes"
            ) { Self.list($0.points.mirror) },
        "unit": .texts { $0.points.unit = $1 }
            .means(
                "two points, left in the picture first and level in an upright face, whose distance is the unit of errors; none: the size of the box around all points"
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
        var fineTuning = landmarks
        fineTuning.suitFineTuning()
        let entries = keys.sorted { $0.key < $1.key }.map { key, setter in
            let defaults = setter.defaults(landmarks, locator: locator, fineTuning: fineTuning)
            let inherits = networkKeys[key] == nil ? "" : "; with --from that of the model"
            return "\(key): \(setter.wanted) (default: \(defaults)\(inherits))\n    \(setter.meaning)"
        }
        return
            "A recipe is a YAML file with a line 'key: value' for each key whose default is to be changed.\n\n"
            + entries.joined(separator: "\n")
    }
}

extension TrainingRecipe.Setter {
    /// The default as the help shows it: that of `landmarks`, and what differs for a locator and with --from.
    func defaults(_ landmarks: Recipe, locator: Recipe, fineTuning: Recipe) -> String {
        if let automatic { return automatic }
        let (usual, other, fine) = (value(landmarks), value(locator), value(fineTuning))
        return usual + (other == usual ? "" : ", for a locator \(other)")
            + (fine == usual ? "" : "; with --from \(fine)")
    }

    /// The same key, whose default is chosen by the data; `text` says how.
    func automatic(_ text: String) -> Self {
        var setter = self
        setter.automatic = text
        return setter
    }

    /// The same key with its help; `value` returns a recipe's value as it would be written in a file.
    func means(_ meaning: String, _ value: @escaping @Sendable (TrainingRecipe) -> String) -> Self {
        var setter = self
        (setter.meaning, setter.value) = (meaning, value)
        return setter
    }
}
