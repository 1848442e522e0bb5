import Base
import FaceTracking
import Samples
import SettingsFile

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
        "width": .integer(8...256) { $0.model.width = $1 },
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

    private init<Value>(_ reader: SettingReader<Value>, _ set: @escaping @Sendable (inout Recipe, Value) -> Void) {
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
        Self { (recipe, node) throws(LandmarkdError) in
            let wanted = "a name such as ibug68, or a number of points"
            guard set(&recipe, try SettingReader.text(wanted).read(node)) else { throw node.unsuitable(wanted) }
        }
    }

    static func texts(_ set: @escaping @Sendable (inout Recipe, [String]) -> Void) -> Self {
        Self(.texts("a list of names"), set)
    }
}
