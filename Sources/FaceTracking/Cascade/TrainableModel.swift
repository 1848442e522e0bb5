import Base
import NeuralNetwork
import Safetensors

/// A network's weights and metadata, as stored in a model file.
package protocol TrainableModel: Sendable {
    /// Name of the network's task, stored in the file so that models are not confused.
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
    static func notes(of file: SafetensorsFile, excluding configuration: [String: String]) -> [String: String] {
        let known = Set(configuration.keys).union(["format", "task"])
        return file.metadata.filter { !known.contains($0.key) && !$0.key.hasPrefix("training.") }
    }

    /// Compares the tensors of a file with the weights that the model's configuration asks for.
    package func fit(of file: SafetensorsFile) -> WeightFit {
        var fit = WeightFit()
        for parameter in weights.trained.parameters + weights.statistics.parameters {
            guard let tensor = file[parameter.name] else {
                fit.misfits.append(.init(name: parameter.name, found: nil, wanted: parameter.shape))
                continue
            }
            if tensor.shape == parameter.shape, tensor.values.count == parameter.count {
                fit.fitting.append(parameter.name)
            } else {
                fit.misfits.append(.init(name: parameter.name, found: tensor.shape, wanted: parameter.shape))
            }
        }
        return fit
    }

    /// Loads the weights. Throws `.unusableData` where one is missing or of another shape.
    func load(_ file: SafetensorsFile, _ name: String) throws(LandmarkdError) {
        if let misfit = fit(of: file).misfits.first {
            throw LandmarkdError(
                .unusableData, "\(name): \(misfit)", remedy: "use a model that landmarkd wrote")
        }
        for parameter in weights.trained.parameters + weights.statistics.parameters {
            guard let tensor = file[parameter.name] else { continue }
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

/// Which tensors of a file a model can take over.
package struct WeightFit: Sendable {
    /// A weight that the file does not have in the shape that is asked for.
    package struct Misfit: Sendable, CustomStringConvertible {
        package let name: String
        /// Shape in the file; nil where the tensor is missing.
        package let found: [Int]?
        package let wanted: [Int]

        package var description: String {
            "'\(name)' \(found.map { "has shape \($0)" } ?? "is missing"), its configuration asks for \(wanted)"
        }
    }

    /// Names of the tensors that have the right shape.
    package var fitting: [String] = []
    package var misfits: [Misfit] = []

    package init() {}
}

/// Trained numbers of a model and its running statistics, shared by all graphs that use it.
package struct ModelWeights: Sendable {
    package let trained = ParameterSet()
    package let statistics = ParameterSet()

    package init() {}
}
