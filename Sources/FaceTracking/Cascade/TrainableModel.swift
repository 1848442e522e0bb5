import Base
import NeuralNetwork

/// A network's weights and what is known of them, as kept in a model file.
package protocol TrainableModel: Sendable {
    /// Name of what the network does; a file says it, so that no model is used for another.
    static var task: String { get }
    var weights: ModelWeights { get }
    /// Everything about the model that is not its configuration: data, samples seen, errors, date.
    var notes: [String: String] { get set }
    /// The configuration as strings.
    var metadata: [String: String] { get }
    init(_ file: SafetensorsFile, name: String) throws(LandmarkdError)
}

extension TrainableModel {
    static var format: String { "landmarkd/1" }

    /// Throws `.unusableData` where the file is of another format or task.
    static func check(_ file: SafetensorsFile, _ name: String) throws(LandmarkdError) {
        let format = file.metadata["format"] ?? "none"
        guard format == Self.format, file.metadata["task"] == task else {
            throw LandmarkdError(
                .unusableData, "\(name): format '\(format)', task '\(file.metadata["task"] ?? "none")'",
                remedy: "use a file of format '\(Self.format)' and task '\(task)'")
        }
    }

    /// The file's strings that are no part of the configuration, nor of a training run's state ("training.…").
    static func notes(of file: SafetensorsFile, besides configuration: [String: String]) -> [String: String] {
        let known = Set(configuration.keys).union(["format", "task"])
        return file.metadata.filter { !known.contains($0.key) && !$0.key.hasPrefix("training.") }
    }

    /// Takes the weights over. Throws `.unusableData` where one is missing or of another shape.
    func load(_ file: SafetensorsFile, _ name: String) throws(LandmarkdError) {
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
    package func file(
        weights averaged: UnsafeBufferPointer<Float>? = nil, statistics: UnsafeBufferPointer<Float>? = nil
    ) -> SafetensorsFile {
        var metadata = notes.merging(metadata) { $1 }
        (metadata["format"], metadata["task"]) = (Self.format, Self.task)
        let trained = weights.trained.parameters.map { ($0.name, $0.shape, values($0, averaged)) }
        let running = weights.statistics.parameters.map { ($0.name, $0.shape, values($0, statistics)) }
        return SafetensorsFile(metadata: metadata, tensors: trained + running)
    }

    private func values(_ parameter: Parameter, _ source: UnsafeBufferPointer<Float>?) -> [Float] {
        source.map { Array($0[parameter.range]) } ?? Array(parameter.values)
    }
}
