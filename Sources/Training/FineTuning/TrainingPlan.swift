import Base
import FaceTracking
import Safetensors
import Samples

/// Recipe and data of a run, checked against each other and the model to start from.
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

    /// Warnings about the data, a line each.
    var warnings: [String] {
        var warnings = data.warnings.lines
        guard recipe.task == .landmarks else { return warnings }
        if data.validation == nil {
            warnings.append("no face is held back for validation: the model will have no confidence")
        }
        if !data.findsMirror, data.scheme.mirror == nil {
            warnings.append(
                "the mirror map is unknown: pictures are not flipped (set 'mirror' in a recipe)")
        }
        return warnings
    }

    /// Decisions that the recipe left open, a line each.
    var notes: [String] {
        guard recipe.task == .landmarks, data.findsMirror else { return [] }
        return ["the mirror map was derived from the faces' shapes; 'mirror' in a recipe overrides it"]
    }
}

/// Where a run's weights come from.
enum TrainingStart {
    case nothing
    /// A checkpoint or model of the same run.
    case resumed(SafetensorsFile, name: String)
    /// A trained model, perhaps of other landmarks.
    case model(CascadeModel, name: String)

    init(_ options: TrainingRun.Options, _ paths: TrainingPaths) throws(LandmarkdError) {
        if options.resume {
            self = .resumed(try SafetensorsFile(path: paths.resumed), name: paths.resumed)
        } else if let path = options.from {
            self = .model(try CascadeModel(path: path), name: path)
        } else {
            self = .nothing
        }
    }

    /// What the points of the model mean; nil where there is none, or none of landmarks.
    func scheme() throws(LandmarkdError) -> LandmarkScheme? {
        switch self {
        case .nothing: nil
        case .resumed(let file, let name):
            file.metadata["task"] == CascadeModel.task ? try CascadeModel(file, name: name).scheme : nil
        case .model(let model, _): model.scheme
        }
    }

    /// Whether the run starts from another model's weights, or did so originally.
    var isFineTuning: Bool {
        switch self {
        case .nothing: false
        case .resumed(let file, _): file.metadata[Self.note] != nil
        case .model: true
        }
    }

    /// Note of the model file that names what it was trained from.
    static let note = "started_from"
}

/// The trained model that a run starts from, and how its landmarks correspond to the data's.
struct FineTuning {
    let model: CascadeModel
    /// Its file.
    let name: String
    /// Alignment of the data's landmarks with the model's; nil where they are the same, or where the model does not find the faces.
    let alignment: SchemeAlignment?
    private let isSame: Bool

    init(_ model: CascadeModel, name: String, _ data: TrainingData) {
        (self.model, self.name) = (model, name)
        isSame = data.scheme == model.scheme
        alignment = isSame ? nil : data.train.flatMap { SchemeAlignment(model, $0) }
    }

    /// The data's scheme with the place of its landmarks in the crop.
    func described(_ scheme: LandmarkScheme) -> LandmarkScheme {
        var scheme = scheme
        scheme.template = isSame ? model.scheme.template : alignment?.template
        return scheme
    }

    /// Copies matching weights to `new`.
    func transfer(to new: CascadeModel) -> WeightTransfer {
        let none = [Int?](repeating: nil, count: new.configuration.points)
        let origins = isSame ? Array(0..<model.configuration.points) : alignment?.nearest ?? none
        return WeightTransfer(from: model, to: new, origins: origins)
    }

    /// Summary of inherited and newly initialised weights, in one or two lines.
    func lines(on transfer: WeightTransfer, in new: CascadeModel) -> [String] {
        let seen = model.notes["samples_seen"].map { ", trained on \($0) samples" } ?? ""
        let all = new.weights.trained.parameterCount + new.weights.statistics.parameterCount
        let kept = decimal(100 * Double(transfer.inheritedCount) / Double(max(1, all)), 1)
        let first = "\(name)\(seen): \(kept) % of the parameters are kept"
        guard !transfer.fresh.isEmpty else { return [first] }
        let near = alignment?.nearest.count { $0 != nil } ?? 0
        let (points, others) = (new.configuration.points, model.configuration.points)
        let start =
            alignment == nil
            ? "; \(points) points start from random weights: this model does not find their faces, so crops are placed by their box"
            : "; \(near) of \(points) points start from the nearest of its \(others)"
                + (near < points ? ", the others from random weights" : "")
        return [first + start, "newly initialised: \(transfer.fresh.joined(separator: ", "))"]
    }
}
