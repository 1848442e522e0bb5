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
            .means("weight of telling faces from other crops in the loss") { "\($0.settings.loss.presence)" },
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
