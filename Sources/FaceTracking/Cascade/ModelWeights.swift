import NeuralNetwork

/// Trained numbers of a model and its running statistics, shared by all graphs that use it.
public struct ModelWeights: Sendable {
    public let trained = ParameterSet()
    public let statistics = ParameterSet()

    public init() {}
}
