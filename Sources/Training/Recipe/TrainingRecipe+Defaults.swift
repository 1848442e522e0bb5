import Base
import FaceTracking

/// What a recipe leaves to the data and to the model that it starts from.
extension TrainingRecipe {
    /// Takes over the network of a model to start from, with the values that suit that where the file gives none.
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

    /// Settings for a run from another model's weights, where the file gives none.
    mutating func suitFineTuning() {
        if !given.contains("learning_rate") { settings.schedule.peak = 1e-3 }
        if !given.contains("warm_up_steps") { settings.schedule.warmUpSteps = 50 }
        if !given.contains("heatmap_weight") { settings.loss.heatmap = 0.5 }
        // Trained on faces alone, a model forgets that there is anything else.
        augmentation.negatives.needsNoPictures = true
    }

    /// Settings for so many faces, where the file gives none.
    mutating func suit(faces: Int, isFineTuning: Bool) {
        let plain = TrainingRecipe(task).settings
        if !given.contains("samples"), settings.samples == plain.samples {
            let (least, each) = isFineTuning ? (20_000, 150) : (60_000, 300)
            settings.samples = min(plain.samples, max(least, each * faces))
        }
        if !given.contains("validation_interval"), settings.validationInterval == plain.validationInterval {
            settings.validationInterval = min(plain.validationInterval, max(settings.batch, settings.samples / 5))
        }
    }
}
