import Base
import FaceTracking
import Synchronization

/// Places in face-free pictures that the network took for faces, with the landmarks that it saw there: found by letting it look as a
/// tracker does, and trained on as crops without a face. Thread-safe.
package final class HardNegatives: Sendable {
    package struct Entry: Sendable, Equatable {
        /// Index of the picture.
        package let picture: Int
        /// Pixels of the picture.
        package let points: [Point]
    }

    /// Windows tried in each picture, looks at each, and the presence from which one is a mistake.
    package static let windows = 24
    package static let looks = 3
    package static let threshold = 0.1

    private let entries = Mutex<[Entry]>([])

    package init() {}

    package var count: Int { entries.withLock { $0.count } }

    /// One of the mistakes; nil where there are none.
    func draw(_ random: inout SplitMix64) -> Entry? {
        let share = random.uniform()
        return entries.withLock { $0.isEmpty ? nil : $0[Int(share * Double($0.count))] }
    }

    /// Looks for mistakes of `model` in all pictures and keeps them instead of the old ones; the same for the same `round`.
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
            for _ in 1..<looks where estimate.presence >= threshold {
                let map = CropLayout().map(around: estimate.points, scheme: runner.scheme)
                estimate = runner.run(frame, map, prior: estimate.points, passes: 1)[0]
            }
            if estimate.presence >= threshold { entries.append(Entry(picture: picture, points: estimate.points)) }
        }
        return entries
    }
}
