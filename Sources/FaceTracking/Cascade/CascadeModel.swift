import Base
import Safetensors

/// A cascade with its weights, as kept in a model file.
package struct CascadeModel: TrainableModel {
    package let configuration: CascadeConfiguration
    /// What its landmarks mean.
    package let scheme: LandmarkScheme
    package let weights: ModelWeights
    /// Everything about the model that is not its configuration: data, samples seen, errors, date.
    package var notes: [String: String]

    /// Calibration of the model's confidence; the identity where it has not been fitted.
    package var calibration: ConfidenceCalibration {
        notes[ConfidenceCalibration.key].flatMap { ConfidenceCalibration($0) } ?? .none
    }

    /// Whether the model's confidence was fitted. It is not in checkpoints, nor where nothing was held back in training.
    package var isCalibrated: Bool { notes[ConfidenceCalibration.key].flatMap { ConfidenceCalibration($0) } != nil }

    /// Warning for users of a model without a calibration; nil where it has one.
    package func calibrationWarning(path: String) -> String? {
        guard !isCalibrated else { return nil }
        return
            "\(path): its confidence was never calibrated (a checkpoint, or trained without held-back faces): none is reported"
    }

    /// Calibration of each landmark's confidence; nil where it has not been fitted.
    package var pointCalibration: PointCalibration? {
        notes[PointCalibration.key].flatMap { PointCalibration($0, count: configuration.points) }
    }

    package static let task = "landmarks"

    /// A model with first weights.
    ///
    /// - Parameter scheme: of the configuration's points; nil: what their name says.
    package init(
        _ configuration: CascadeConfiguration, scheme: LandmarkScheme? = nil, seed: UInt64 = 1,
        notes: [String: String] = [:]
    ) {
        self.configuration = configuration
        self.notes = notes
        let known =
            LandmarkScheme.named(configuration.scheme)
            ?? LandmarkScheme(name: configuration.scheme, count: configuration.points)
        self.scheme = scheme ?? known
        precondition(
            self.scheme.count == configuration.points, "\(self.scheme.name) for \(configuration.points) points")
        weights = ModelWeights()
        // A graph declares and initialises its parameters; this smallest one is discarded at once.
        _ = CascadeNetwork(
            configuration, .inference, batch: 1, passes: configuration.passes, weights: weights, seed: seed)
    }

    /// Reads a model file.
    ///
    /// Throws `.noInput` where it is missing, `.unusableData` where it is broken, of another format or task, or does not hold
    /// exactly the weights that its configuration asks for.
    package init(path: String) throws(LandmarkdError) {
        try self.init(SafetensorsFile(path: path), name: path)
    }

    /// The same from a file's contents.
    package init(_ file: SafetensorsFile, name: String) throws(LandmarkdError) {
        try Self.check(file, name)
        let configuration = try CascadeConfiguration(metadata: file.metadata, file: name)
        let scheme = try LandmarkScheme(
            name: configuration.scheme, count: configuration.points, metadata: file.metadata, file: name)
        let known = configuration.metadata.merging(scheme.metadata) { $1 }
        self.init(configuration, scheme: scheme, notes: Self.notes(of: file, excluding: known))
        try load(file, name)
    }

    /// The same weights with a fuller description of the points; `scheme` must be of the same points.
    package func described(_ scheme: LandmarkScheme) -> CascadeModel {
        precondition(scheme == self.scheme, "a model of \(self.scheme.name) described as \(scheme.name)")
        return CascadeModel(configuration, scheme, weights, notes)
    }

    private init(
        _ configuration: CascadeConfiguration, _ scheme: LandmarkScheme, _ weights: ModelWeights,
        _ notes: [String: String]
    ) {
        (self.configuration, self.scheme, self.weights, self.notes) = (configuration, scheme, weights, notes)
    }

    package var metadata: [String: String] { configuration.metadata.merging(scheme.metadata) { $1 } }
}
