import Base
import FaceTracking
import Samples
import SettingsFile

/// Configuration of a training run: network, samples, losses, optimiser. Defaults are those of the shipped model; a YAML file
/// sets any of them by the keys of `TrainingRecipe.keys`.
package struct TrainingRecipe: Sendable, Equatable {
    /// What the network is for.
    package enum Task: String, Sendable, CaseIterable { case landmarks, locator }

    package var task = Task.landmarks
    package var model = CascadeConfiguration()
    package var locator = LocatorConfiguration()
    /// What a locator is trained on; `augmentation` is for cascades.
    package var scenes = SceneRecipe()
    package var settings = TrainingSettings()
    package var augmentation = AugmentationRecipe.tracking
    /// Share of the groups (persons, photographs) that is held back for validation.
    package var validation = FaceSplit.shippedShare
    /// Sets of the data to train on; empty: all.
    package var sets: [String] = []
    /// The file's description of the points.
    package var points = PointDescription()
    /// Keys that the file, or an option in its place, sets.
    package var given: Set<String> = []

    package init() {}

    /// The defaults for a task.
    package init(_ task: Task) {
        self.task = task
        guard task == .locator else { return }
        (settings.samples, settings.clip) = (500_000, 5)
        settings.schedule.peak = 3e-3
    }

    /// Reads a recipe file.
    ///
    /// Throws `.noInput` where it is missing and `.wrongSettings`, with the line, the key and a suggestion, where a key or value is wrong.
    package init(path: String, task: Task = .landmarks) throws(LandmarkdError) {
        try self.init(SettingNode(file: path), task: task)
        if task == .landmarks { try checkNetwork(path) }
    }

    /// Throws `.wrongSettings` where keys that are valid by themselves do not form a network; `origin` names their file.
    func checkNetwork(_ origin: String) throws(LandmarkdError) {
        guard let (key, wanted) = model.contradiction else { return }
        throw LandmarkdError(
            .wrongSettings, "\(origin): \(key): the network cannot be built like this", remedy: "give \(wanted)")
    }

    init(_ table: SettingNode, task: Task) throws(LandmarkdError) {
        self.init(task)
        let keys = Self.keys.sorted { $0.key < $1.key }.map { name, setter in
            SettingKey<TrainingRecipe>(name) { (recipe, node) throws(LandmarkdError) in
                try setter.apply(&recipe, node)
                recipe.given.insert(name)
            }
        }
        try SettingKey.read(table, keys, into: &self)
    }

    /// How a key's value is applied.
    struct Setter: Sendable {
        /// What a value must be, for messages: "a number from 0 to 1".
        let wanted: String
        /// Applies a value; throws `.wrongSettings` where it is invalid.
        let apply: @Sendable (inout TrainingRecipe, SettingNode) throws(LandmarkdError) -> Void
        /// What the key does, for readers.
        var meaning = ""
        /// How the default is chosen, where the data decide about it.
        var automatic: String?
        /// The key's value in a recipe, as a file would give it.
        var value: @Sendable (TrainingRecipe) -> String = { _ in "" }
    }
}

/// Defaults that depend on the data and on the model to start from.
extension TrainingRecipe {
    /// Adopts the network of the model to start from.
    ///
    /// Throws `.wrongSettings`, naming the key, where the file asks for another network.
    mutating func adopt(_ model: CascadeModel, name: String) throws(LandmarkdError) {
        var adopted = self
        adopted.model = model.configuration
        (adopted.model.scheme, adopted.model.points) = (self.model.scheme, self.model.points)
        for (key, setter) in Self.networkKeys.sorted(by: { $0.key < $1.key }) where given.contains(key) {
            guard setter.value(self) != setter.value(adopted) else { continue }
            throw LandmarkdError(
                .wrongSettings, "recipe: \(key): is \(setter.value(self)), but \(name) has \(setter.value(adopted))",
                remedy: "remove the key, or train without --from")
        }
        self = adopted
    }

    /// Defaults for fine-tuning, for keys that the file does not set.
    mutating func suitFineTuning() {
        if !given.contains("learning_rate") { settings.schedule.peak = 1e-3 }
        if !given.contains("warm_up_steps") { settings.schedule.warmUpSteps = 50 }
        if !given.contains("heatmap_weight") { settings.loss.heatmap = 0.5 }
        // Trained on faces alone, a model forgets what is not a face.
        augmentation.negatives.needsNoPictures = true
    }

    /// Number of samples, at least and for each face.
    private static let (fromScratch, fineTuning) = ((least: 60_000, each: 300), (least: 20_000, each: 150))

    /// `suit(faces:isFineTuning:)` in words.
    static var sampleRule: String {
        let (most, locator) = (TrainingRecipe(.landmarks).settings.samples, TrainingRecipe(.locator).settings.samples)
        return "\(fromScratch.each) for each face, from \(fromScratch.least) to \(most), for a locator to \(locator); "
            + "with --from \(fineTuning.each) for each face, from \(fineTuning.least)"
    }

    /// Defaults for this number of faces, for keys that the file does not set.
    mutating func suit(faces: Int, isFineTuning: Bool) {
        let plain = TrainingRecipe(task).settings
        if !given.contains("samples"), settings.samples == plain.samples {
            let rule = isFineTuning ? Self.fineTuning : Self.fromScratch
            settings.samples = min(plain.samples, max(rule.least, rule.each * faces))
        }
        if !given.contains("validation_interval"), settings.validationInterval == plain.validationInterval {
            settings.validationInterval = min(plain.validationInterval, max(settings.batch, settings.samples / 5))
        }
    }
}
