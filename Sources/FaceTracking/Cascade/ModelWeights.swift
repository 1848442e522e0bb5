import NeuralNetwork

/// Trained numbers of a model and its running statistics, shared by all graphs that use it.
package struct ModelWeights: Sendable {
    package let trained = ParameterSet()
    package let statistics = ParameterSet()

    package init() {}
}
