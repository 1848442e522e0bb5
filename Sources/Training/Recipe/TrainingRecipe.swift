import Base
import FaceTracking
import Yams

/// All that decides what a training run makes: network, samples, losses, optimiser. Defaults are those of the shipped model; a YAML file
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
    package var validation = 0.06
    /// Sets of the data to train on; empty: all.
    package var sets: [String] = []

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
    /// Throws `.noInput` where it is missing and `.wrongSettings`, with the key and a suggestion, where a key or value is wrong.
    package init(path: String, task: Task = .landmarks) throws(LandmarkdError) {
        self.init(task)
        let text = String(decoding: try readFile(path, atMost: 1 << 20), as: UTF8.self)
        let loaded: Any?
        do { loaded = try Yams.load(yaml: text) } catch {
            throw LandmarkdError(.wrongSettings, "\(path): not YAML: \(error)", remedy: "correct the file")
        }
        guard let loaded else { return }
        guard let table = loaded as? [String: Any] else {
            throw LandmarkdError(
                .wrongSettings, "\(path): not a table of keys", remedy: "write lines such as 'samples: 400000'")
        }
        for (key, value) in table.sorted(by: { $0.key < $1.key }) { try set(key, value, path) }
        if task == .landmarks, let (key, wanted) = model.contradiction {
            throw LandmarkdError(
                .wrongSettings, "\(path): \(key): the network cannot be built like this", remedy: "give \(wanted)")
        }
    }

    private mutating func set(_ key: String, _ value: Any, _ path: String) throws(LandmarkdError) {
        guard let setter = Self.keys[key] else {
            let nearest = closestName(to: key, among: Self.keys.keys.sorted())
            throw LandmarkdError(
                .wrongSettings, "\(path): unknown key '\(key)'", remedy: nearest.map { "did you mean '\($0)'?" })
        }
        guard setter.apply(&self, value) else {
            throw LandmarkdError(.wrongSettings, "\(path): \(key): '\(value)'", remedy: "give \(setter.wanted)")
        }
    }

    /// How a key's value is taken over.
    struct Setter: Sendable {
        /// What a value must be, for messages: "a number in 0…1".
        let wanted: String
        /// False where the value is not one.
        let apply: @Sendable (inout TrainingRecipe, Any) -> Bool
    }
}
