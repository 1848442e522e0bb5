import Base
import FaceTracking
import Synchronization

/// Hard negatives: places in face-free pictures that the network mistook for faces, with the landmarks it found there. Mined by running
/// the network as a tracker does; used in training as crops without a face. Thread-safe.
package final class HardNegatives: Sendable {
    package struct Entry: Sendable, Equatable {
        /// Index of the picture.
        package let picture: Int
        /// Pixels of the picture.
        package let points: [Point]
    }

    /// Windows tried in each picture, evaluations of each, and the presence from which one is a mistake.
    package static let windows = 24
    package static let evaluations = 3
    package static let threshold = 0.1

    private let entries = Mutex<[Entry]>([])

    package init() {}

    package var count: Int { entries.withLock { $0.count } }

    /// One of the mistakes; nil where there are none.
    func draw(_ random: inout SplitMix64) -> Entry? {
        let share = random.uniform()
        return entries.withLock { $0.isEmpty ? nil : $0[Int(share * Double($0.count))] }
    }

    /// Collects the mistakes of `model` in all pictures, replacing the old ones; deterministic for a given `round`.
    package func mine(
        _ model: CascadeModel, _ pictures: PictureSet, recipe: AugmentationRecipe, round: UInt64, threads: Int
    ) {
        let found = parallelMap(pictures.frames.count, threads: threads) {
            CascadeRunner(model, passes: 1)
        } _: { runner, picture in
            var random = SplitMix64(seed: round, index: UInt64(picture))
            return Self.mistakes(runner, picture, pictures.frames[picture], recipe, &random)
        }
        entries.withLock { $0 = found.flatMap { $0 } }
    }

    private static func mistakes(
        _ runner: CascadeRunner, _ picture: Int, _ frame: Frame, _ recipe: AugmentationRecipe,
        _ random: inout SplitMix64
    ) -> [Entry] {
        var entries: [Entry] = []
        for _ in 0..<windows {
            let window = negativeCrop(
                width: frame.displayWidth, height: frame.displayHeight, recipe.negatives, &random)
            var estimate = runner.run(frame, window, prior: nil, passes: 1)[0]
            for _ in 1..<evaluations where estimate.presence >= threshold {
                let frameFromCrop = CropLayout().frameFromCrop(around: estimate.points, scheme: runner.scheme)
                estimate = runner.run(frame, frameFromCrop, prior: estimate.points, passes: 1)[0]
            }
            if estimate.presence >= threshold { entries.append(Entry(picture: picture, points: estimate.points)) }
        }
        return entries
    }
}

/// Samples face-free pictures in proportion to the presence that the locator reports in them. Thread-safe.
package final class HardPictures: Sendable {
    /// Presence from which a place counts as a mistake.
    static let threshold = 0.1

    private let order = Mutex<WeightedOrder?>(nil)

    package init() {}

    /// Index of a picture; nil where there were no mistakes.
    func draw(_ random: inout SplitMix64) -> Int? {
        guard let order = order.withLock({ $0 }) else { return nil }
        return order.draw(&random)
    }

    /// Runs the model on all pictures.
    package func mine(_ model: LocatorModel, _ pictures: PictureSet) {
        let runner = LocatorRunner(model)
        let weights = pictures.frames.map { frame in
            runner.faces(in: frame, threshold: Self.threshold, limit: 8).reduce(0) { $0 + $1.presence }
        }
        let order = weights.contains { $0 > 0 } ? WeightedOrder(weights) : nil
        self.order.withLock { $0 = order }
    }
}
