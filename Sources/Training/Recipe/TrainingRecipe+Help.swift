extension TrainingRecipe {
    /// Every key of a recipe file: what it takes, its default, and what it does. `landmarkd train --help-recipe` prints it, and the
    /// manual page has it too.
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
    /// The same key with its meaning for readers; `value` gives what a recipe has there, as a file would say it.
    func means(_ meaning: String, _ value: @escaping @Sendable (TrainingRecipe) -> String) -> Self {
        var setter = self
        (setter.meaning, setter.value) = (meaning, value)
        return setter
    }
}
