import Base
import Dispatch
import FaceTracking
import Glibc
import NeuralNetwork
import Synchronization

/// What the network said of a sample, and whether its landmarks were right.
public struct JudgedSample: Sendable {
    public let logit: Double
    /// Mean over landmarks.
    public let sharpness: Double
    /// A face is there, and the mean error is at most 0.08 of the reference length.
    public let isRight: Bool
}

/// Draws samples as training does and judges the model on them: one pass from a prior, all passes from nothing.
public func judgedSamples(
    _ model: CascadeModel, _ sampler: TrainingSampler, first: UInt64, count: Int, threads: Int
) -> [JudgedSample] {
    let results = Mutex([JudgedSample?](repeating: nil, count: count))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
        let judge = SampleJudge(model, sampler)
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            let result = judge.judge(first + UInt64(index))
            results.withLock { $0[index] = result }
        }
    }
    return results.withLock { $0.compactMap { $0 } }
}

/// One thread's network and drawer.
private final class SampleJudge {
    private let network: CascadeNetwork
    private let drawer: any SampleDrawer
    private let scheme: LandmarkScheme
    private let idealPeak: Double

    init(_ model: CascadeModel, _ sampler: TrainingSampler) {
        let configuration = model.configuration
        network = CascadeNetwork(
            configuration, .inference, batch: 1, passes: configuration.passes, weights: model.weights)
        network.graph.prepare()
        drawer = sampler.makeDrawer()
        scheme = sampler.scheme
        idealPeak = configuration.idealPeak
    }

    func judge(_ index: UInt64) -> JudgedSample {
        let labels = drawer.draw(index: index, into: network.crop.values.elements)
        network.setPrior(labels.prior, image: 0)
        let pass = labels.prior == nil ? network.passes.count - 1 : 0
        network.graph.forward(0..<network.passes[pass].layers.upperBound)
        return JudgedSample(
            logit: Double(network.passes[pass].presence.values.elements[0]),
            sharpness: network.sharpness(pass: pass, image: 0).reduce(0, +) / Double(scheme.count),
            isRight: labels.presence && isRight(network.landmarks(pass: pass, image: 0), labels.truth))
    }

    private func isRight(_ found: [Point], _ truth: [Point]) -> Bool {
        let sum = zip(found, truth).reduce(0) { $0 + ($1.0 - $1.1).length }
        return sum / Double(truth.count) <= ErrorSummary.failureThreshold * scheme.referenceLength(of: truth)
    }
}
