import Base
import FaceTracking
import Logging
import Measures
import Metrics

extension StreamDependencies {
    /// Cameras, files and network streams, followed by the cascade. The models are read once, for all streams.
    ///
    /// Throws as `CascadeModel` and `LocatorModel` do.
    static func cascade(
        models: ModelFiles, metrics: any MetricsFactory, log: Logger? = nil
    ) throws(LandmarkdError) -> StreamDependencies {
        let model = try CascadeModel(path: models.landmarks)
        if let warning = model.calibrationWarning(path: models.landmarks) { log?.warning("\(warning)") }
        let models = TrackerModels(model, try LocatorModel(path: models.locator))
        return StreamDependencies(
            scheme: model.scheme, metrics: metrics,
            opener: { (stream) throws(LandmarkdError) in try sourceOpener(of: stream) },
            tracker: { stream in
                let tracker = models.tracker(
                    TrackingSettings(faces: stream.faces, searchRate: stream.searchRate), smooths: stream.smoothing)
                return MeasuredTracker(tracker, focalLength: stream.focalLength)
            })
    }
}

/// Where the models are.
struct ModelFiles: Sendable {
    let landmarks: String
    let locator: String

    /// `model` for the landmarks, where given. Else in `folder` first, then where landmarkd finds its own.
    ///
    /// Throws `.noInput` where they are missing.
    init(folder: String?, model: String? = nil) throws(LandmarkdError) {
        let search = folder.map { ModelSearch(first: $0) } ?? ModelSearch()
        landmarks = try search.path(.landmarks, given: model)
        locator = try search.path(.locator)
    }
}
