import Base
import NeuralNetwork

/// A cascade with its weights, as kept in a model file.
public struct CascadeModel: Sendable {
    public let configuration: CascadeConfiguration
    public let weights: ModelWeights
    /// Everything about the model that is not its configuration: data, samples seen, errors, date.
    public var notes: [String: String]

    /// Of what the model says of its landmarks; none where it has not been fitted.
    public var calibration: ConfidenceCalibration {
        notes[ConfidenceCalibration.key].flatMap { ConfidenceCalibration($0) } ?? .none
    }

    static let format = "landmarkd/1"
    static let task = "landmarks"

    /// A model with first weights.
    public init(_ configuration: CascadeConfiguration, seed: UInt64 = 1, notes: [String: String] = [:]) {
        self.configuration = configuration
        self.notes = notes
        weights = ModelWeights()
        // A graph declares what it needs and initialises it; the smallest one is thrown away at once.
        _ = CascadeNetwork(
            configuration, .inference, batch: 1, passes: configuration.passes, weights: weights, seed: seed)
    }

    /// Reads a model file.
    ///
    /// Throws `.noInput` where it is missing, `.unusableData` where it is broken, of another format or task, or does not hold
    /// exactly the weights that its configuration asks for.
    public init(path: String) throws(LandmarkdError) {
        try self.init(SafetensorsFile(path: path), name: path)
    }

    /// The same from a file's contents.
    public init(_ file: SafetensorsFile, name: String) throws(LandmarkdError) {
        let format = file.metadata["format"] ?? "none"
        guard format == Self.format, file.metadata["task"] == Self.task else {
            throw LandmarkdError(
                .unusableData, "\(name): format '\(format)', task '\(file.metadata["task"] ?? "none")'",
                remedy: "use a file of format '\(Self.format)' and task '\(Self.task)'")
        }
        let configuration = try CascadeConfiguration(metadata: file.metadata, file: name)
        let known = Set(configuration.metadata.keys).union(["format", "task"])
        self.init(configuration, notes: file.metadata.filter { !known.contains($0.key) })
        try load(file, name)
    }

    private func load(_ file: SafetensorsFile, _ name: String) throws(LandmarkdError) {
        let parameters = weights.trained.parameters + weights.statistics.parameters
        for parameter in parameters {
            guard let tensor = file[parameter.name], tensor.shape == parameter.shape else {
                let found = file[parameter.name].map { "has shape \($0.shape)" } ?? "is missing"
                throw LandmarkdError(
                    .unusableData,
                    "\(name): '\(parameter.name)' \(found), its configuration asks for \(parameter.shape)",
                    remedy: "use a model that landmarkd wrote")
            }
            _ = parameter.values.update(fromContentsOf: tensor.values)
        }
    }

    /// The model as a file's contents; `weights` and `statistics` replace the model's own where given (same layout).
    public func file(
        weights averaged: UnsafeBufferPointer<Float>? = nil, statistics: UnsafeBufferPointer<Float>? = nil
    ) -> SafetensorsFile {
        var metadata = notes.merging(configuration.metadata) { $1 }
        (metadata["format"], metadata["task"]) = (Self.format, Self.task)
        let trained = weights.trained.parameters.map { ($0.name, $0.shape, values($0, averaged)) }
        let running = weights.statistics.parameters.map { ($0.name, $0.shape, values($0, statistics)) }
        return SafetensorsFile(metadata: metadata, tensors: trained + running)
    }

    private func values(_ parameter: Parameter, _ source: UnsafeBufferPointer<Float>?) -> [Float] {
        source.map { Array($0[parameter.range]) } ?? Array(parameter.values)
    }
}
