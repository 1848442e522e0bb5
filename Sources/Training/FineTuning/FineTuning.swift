import Base
import FaceTracking
import Samples

/// The trained model that a run starts from, and how its landmarks and the data's go together.
struct FineTuning {
    let model: CascadeModel
    /// Its file.
    let name: String
    /// Where the data's landmarks lie among the model's; nil where they are the same, or where it does not see the faces.
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

    /// Copies what fits to `new`.
    func transfer(to new: CascadeModel) -> WeightTransfer {
        let none = [Int?](repeating: nil, count: new.configuration.points)
        let origins = isSame ? Array(0..<model.configuration.points) : alignment?.nearest ?? none
        return WeightTransfer(from: model, to: new, origins: origins)
    }

    /// What was kept and what starts fresh, in one line or two.
    func lines(on transfer: WeightTransfer, in new: CascadeModel) -> [String] {
        let seen = model.notes["samples_seen"].map { ", trained on \($0) samples" } ?? ""
        let all = new.weights.trained.parameterCount + new.weights.statistics.parameterCount
        let kept = decimal(100 * Double(transfer.inheritedCount) / Double(max(1, all)), 1)
        let first = "\(name)\(seen): \(kept) % of the numbers are kept"
        guard !transfer.fresh.isEmpty else { return [first] }
        let near = alignment?.nearest.count { $0 != nil } ?? 0
        let (points, others) = (new.configuration.points, model.configuration.points)
        let start =
            alignment == nil
            ? "; \(points) points start from nothing: their faces are not found by this model, so crops are laid by their box"
            : "; \(near) of \(points) points start from the nearest of its \(others)"
                + (near < points ? ", the others from nothing" : "")
        return [first + start, "starting fresh: \(transfer.fresh.joined(separator: ", "))"]
    }
}
