import Base
import NeuralNetwork

/// A locator with its weights, as kept in a model file.
package struct LocatorModel: TrainableModel {
    package let configuration: LocatorConfiguration
    package let weights: ModelWeights
    /// Everything about the model that is not its configuration: data, samples seen, errors, date.
    package var notes: [String: String]

    package static let task = "locator"

    /// A model with first weights.
    package init(_ configuration: LocatorConfiguration = .init(), seed: UInt64 = 1, notes: [String: String] = [:]) {
        self.configuration = configuration
        self.notes = notes
        weights = ModelWeights()
        // A graph declares what it needs and initialises it; the smallest one is thrown away at once.
        let side = LocatorConfiguration.deepest
        _ = LocatorNetwork(
            configuration, .inference, batch: 1, height: side, width: side, weights: weights, seed: seed)
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
        let configuration = try LocatorConfiguration(metadata: file.metadata, file: name)
        self.init(configuration, notes: Self.notes(of: file, besides: configuration.metadata))
        try load(file, name)
    }

    package var metadata: [String: String] { configuration.metadata }
}
