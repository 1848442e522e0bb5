import Base
import FaceTracking
import Safetensors

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

    /// Whether the run goes on from another model's weights, or did so when it began.
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
