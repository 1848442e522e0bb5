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
    /// Longest norm of the gradient; longer ones are shortened to it.
    package var clip = 1.0
    /// Share of the past in the moving average of weights, at most.
    package var averaging = 0.999
    /// Share of the run in which weights taken over from another model stay as they are, and their learning rate afterwards, in parts
    /// of that of the others.
    package var frozenShare = 0.0
    package var inheritedRate = 1.0
    /// Share by which running statistics follow each batch.
    package var batchNormMomentum = 0.1
    /// Samples between two validations.
    package var validationInterval = 20_000
    /// Seconds between two checkpoints.
    package var checkpointInterval = 120.0

    package init() {}
}
