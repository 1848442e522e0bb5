import Base
import CKernels
import Dispatch
import FaceTracking
import NeuralNetwork
import Samples

/// How a network is trained. Defaults are those of the shipped model; a recipe file sets any of them.
package struct TrainingSettings: Sendable, Equatable {
    /// Samples of the whole run; the schedule ends there.
    package var samples = 400_000
    /// Samples of a step, over all threads; a multiple of `threads`.
    package var batch = 24
    package var threads = 2
    package var seed: UInt64 = 1
    package var schedule = CosineSchedule()
    package var optimizer = AdamW.Settings()
    package var loss = CascadeLoss.Weights()
    package var locatorLoss = LocatorLoss.Weights()
    /// Maximum norm of the gradient; longer gradients are clipped to it.
    package var clip = 1.0
    /// Share of the past in the moving average of weights, at most.
    package var averaging = 0.999
    /// Share of the run in which weights inherited from another model are frozen, and their learning rate afterwards, relative
    /// to that of the others.
    package var frozenShare = 0.0
    package var inheritedRate = 1.0
    /// Momentum of the running statistics.
    package var batchNormMomentum = 0.1
    /// Samples between two validations.
    package var validationInterval = 20_000
    /// Seconds between two checkpoints.
    package var checkpointInterval = 120.0

    package init() {}
}

/// Trains a network: the images of a batch are split over threads, the gradients are summed in a fixed order, so that the same seed and
/// number of threads give the same weights.
package final class Trainer {
    package let settings: TrainingSettings
    package let model: any TrainableModel
    package let average: ExponentialMovingAverage
    let optimizer: AdamW
    private let threads: [any TrainingWorker]
    private let multiplyAdds: Int
    /// Samples seen in this run.
    package private(set) var samples = 0
    /// Samples that the weights had seen before this run.
    var samplesBefore: Int
    /// Names of the weights inherited from another model, which have a lower learning rate.
    var inherited: Set<String> = []

    /// What a step did and cost.
    package struct Step: Sendable {
        package let samples: Int
        package let loss: LossParts
        package let rate: Double
        package let gradientNorm: Double
        package let seconds: Double
        /// Seconds in which the slowest thread drew samples.
        package let drawing: Double
    }

    /// - Parameter makeThread: makes the worker of a thread for this many images of the batch.
    init(
        _ model: any TrainableModel, _ settings: TrainingSettings, makeThread: (_ images: Int) -> any TrainingWorker
    ) {
        precondition(settings.batch % settings.threads == 0, "batch \(settings.batch) on \(settings.threads) threads")
        (self.model, self.settings) = (model, settings)
        let images = settings.batch / settings.threads
        threads = (0..<settings.threads).map { _ in makeThread(images) }
        multiplyAdds = threads[0].graph.multiplyAdds() / images
        samplesBefore = model.notes["samples_seen"].flatMap(wholeNumber).flatMap { 0...1 << 50 ~= $0 ? $0 : nil } ?? 0
        optimizer = AdamW(model.weights.trained, settings.optimizer)
        average = ExponentialMovingAverage(of: model.weights, longest: settings.averaging)
    }

    /// Trains a cascade.
    package convenience init(_ model: CascadeModel, _ settings: TrainingSettings, source: any SampleSource) {
        self.init(model, settings) { CascadeWorker(model, images: $0, loss: settings.loss, source: source) }
    }

    /// Trains a locator.
    package convenience init(_ model: LocatorModel, _ settings: TrainingSettings, sampler: LocatorSampler) {
        self.init(model, settings) { LocatorWorker(model, images: $0, loss: settings.locatorLoss, sampler: sampler) }
    }

    package var isDone: Bool { samples >= settings.samples }
    package var progress: Double { Double(samples) / Double(settings.samples) }

    /// Effective rate of `samples` in `seconds`: 3 × the forward operations of a sample, 2 operations a multiply-add.
    package func gigaflops(samples: Int, seconds: Double) -> Double {
        6 * Double(multiplyAdds) * Double(samples) / seconds / 1e9
    }

    /// Resumes a run at `samples` seen and `step` steps taken.
    func restore(samples: Int, step: Int) {
        self.samples = samples
        optimizer.step = step
    }

    /// One step.
    ///
    /// Throws `.unusableData`, naming the batch's pictures, where loss or gradient is not finite; the weights are as before.
    package func step() throws(LandmarkdError) -> Step {
        let start = monotonicSeconds()
        let images = settings.batch / settings.threads
        let first = samples
        inParallel { $0.draw(first: UInt64(first + $1 * images)) }
        let drawing = threads.map(\.drawingTime).max() ?? 0
        let faces = threads.reduce(0) { $0 + $1.faces }
        let batch = settings.batch
        inParallel { thread, _ in thread.compute(faces: faces, samples: batch) }
        var parts = LossParts()
        for thread in threads { parts += thread.parts }
        let (gradient, norm) = sumGradients()
        try checkFinite(parts, norm)
        let rate = settings.schedule.rate(step: optimizer.step, progress: progress)
        let clip = norm > settings.clip ? settings.clip / norm : 1
        let slow = Float(progress < settings.frozenShare ? 0 : settings.inheritedRate)
        optimizer.update(rate: Float(rate), gradient: UnsafeBufferPointer(gradient), clip: Float(clip)) {
            inherited.contains($0) ? slow : 1
        }
        Graph.updateRunningStatistics(threads.map(\.graph), share: Float(settings.batchNormMomentum))
        average.update(step: optimizer.step)
        samples += batch
        return Step(
            samples: samples, loss: parts, rate: rate, gradientNorm: norm, seconds: monotonicSeconds() - start,
            drawing: drawing)
    }

    private func inParallel(_ body: @Sendable (any TrainingWorker, Int) -> Void) {
        if threads.count == 1 { return body(threads[0], 0) }
        let threads = self.threads
        DispatchQueue.concurrentPerform(iterations: threads.count) { body(threads[$0], $0) }
    }

    /// Sum over threads, in the first thread's array, and its norm.
    private func sumGradients() -> (UnsafeMutableBufferPointer<Float>, norm: Double) {
        let gradients = threads.map { $0.graph.gradients!.elements }
        let sum = gradients[0]
        for other in gradients.dropFirst() { lm_add_scaled(sum.baseAddress!, other.baseAddress!, 1, sum.count) }
        return (sum, lm_dot(sum.baseAddress!, sum.baseAddress!, sum.count).squareRoot())
    }

    private func checkFinite(_ parts: LossParts, _ norm: Double) throws(LandmarkdError) {
        if parts.total.isFinite, norm.isFinite { return }
        let files = Set(threads.flatMap(\.files)).sorted().joined(separator: " ")
        throw LandmarkdError(
            .unusableData, "training: loss or gradient is not finite after \(samples) samples; the batch: \(files)",
            remedy: "check these pictures and their annotations; if they are fine, lower the learning rate")
    }
}
