import Base
import FaceTracking
import Samples

/// Recipe and data of a run, once each is known to suit the other and the model to start from.
struct TrainingPlan {
    private(set) var recipe: TrainingRecipe
    private(set) var data: TrainingData
    let start: TrainingStart
    /// Nil where the run starts from no other model.
    let fineTuning: FineTuning?

    /// Throws what the readers of data and models throw, and `.wrongSettings` where the recipe contradicts the model or the data.
    init(_ options: TrainingRun.Options, _ start: TrainingStart) throws(LandmarkdError) {
        var recipe = options.recipe
        self.start = start
        if case .model(let model, let name) = start { try recipe.adopt(model, name: name) }
        if start.isFineTuning { recipe.suitFineTuning() }
        let scheme = try Self.scheme(recipe, options.folders, start)
        let hasShare = recipe.given.contains("validation_share") || recipe.validation != TrainingRecipe().validation
        var data = try TrainingData(
            folders: options.folders, scheme: scheme, sets: recipe.sets,
            validation: hasShare ? recipe.validation : nil)
        (recipe.model.scheme, recipe.model.points) = (scheme.name, scheme.count)
        if recipe.task == .landmarks { try recipe.checkNetwork("recipe and data") }
        recipe.suit(faces: data.trainCount, isFineTuning: start.isFineTuning)
        if case .model(let model, let name) = start {
            let fineTuning = FineTuning(model, name: name, data)
            data.describe(fineTuning.described(data.scheme))
            self.fineTuning = fineTuning
        } else {
            fineTuning = nil
        }
        (self.recipe, self.data) = (recipe, data)
    }

    /// What the points mean: as the recipe says, else as the model to start from, else as the data do; with the recipe's description.
    private static func scheme(
        _ recipe: TrainingRecipe, _ folders: [String], _ start: TrainingStart
    ) throws(LandmarkdError) -> LandmarkScheme {
        let named = LandmarkScheme.named(recipe.model.scheme)
        let isGiven = recipe.given.contains("scheme") || recipe.model.scheme != CascadeConfiguration().scheme
        guard recipe.task == .landmarks else { return named ?? .ibug68 }
        let known = try start.scheme()
        var scheme: LandmarkScheme
        if let named, isGiven {
            scheme = known == named ? known ?? named : named
        } else if case .resumed = start, let known {
            scheme = known
        } else {
            scheme = try TrainingData.scheme(of: folders, usual: known ?? .ibug68)
        }
        scheme = try recipe.points.applied(to: scheme)
        return scheme
    }

    /// What is doubtful about the data, a line each.
    var warnings: [String] {
        var warnings = data.warnings.lines
        guard recipe.task == .landmarks else { return warnings }
        if data.validation == nil {
            warnings.append("no face is held back to judge by: the model will give no confidence")
        }
        if !data.findsMirror, data.scheme.mirror == nil {
            warnings.append(
                "which points change places in a mirror is not known: no picture is flipped ('mirror' in a recipe)")
        }
        return warnings
    }

    /// What was decided where the recipe does not say, a line each.
    var notes: [String] {
        guard recipe.task == .landmarks, data.findsMirror else { return [] }
        return ["which points change places in a mirror was found from the faces' shapes; 'mirror' in a recipe sets it"]
    }
}
