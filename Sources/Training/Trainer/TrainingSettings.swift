/// How a network is trained. Defaults are those of the shipped model; a recipe file sets any of them.
public struct TrainingSettings: Sendable, Equatable {
    /// Samples of the whole run; the schedule ends there.
    public var samples = 400_000
    /// Samples of a step, over all threads; a multiple of `threads`.
    public var batch = 24
    public var threads = 2
    public var seed: UInt64 = 1
    public var schedule = CosineSchedule()
    public var optimizer = AdamW.Settings()
    public var loss = CascadeLoss.Weights()
    public var locatorLoss = LocatorLoss.Weights()
    /// Longest norm of the gradient; longer ones are shortened to it.
    public var clip = 1.0
    /// Share of the past in the moving average of weights, at most.
    public var averaging = 0.999
    /// Share by which running statistics follow each batch.
    public var statisticsShare = 0.1
    /// Samples between two validations.
    public var validationInterval = 20_000
    /// Seconds between two checkpoints.
    public var checkpointInterval = 120.0

    public init() {}
}
