import Base
import FaceTracking

/// What differs from a sample to the next frame of it: a little motion, fresh noise, other errors of the landmarks before.
struct FramePairJitter {
    let error: CropLayout.Error
    let noiseSalt: UInt64
    private let pointNoise: Double
    private var random: SplitMix64

    /// Jitter of sample `index`; nil where it is no next frame.
    init?(_ pairs: AugmentationRecipe.Pairs, seed: UInt64, index: UInt64) {
        guard pairs.share > 0, !index.isMultiple(of: 2) else { return nil }
        // Numbers of its own, so that samples without pairs stay what they are.
        random = SplitMix64(seed: ~seed, index: index)
        guard random.chance(pairs.share) else { return nil }
        error = normalError(turn: pairs.turn, scale: pairs.scale, shift: pairs.shift, &random)
        noiseSalt = random.next()
        pointNoise = pairs.pointNoise
    }

    /// Landmarks of the frame before, found a little otherwise.
    mutating func disturbed(_ prior: [Point]) -> [Point] {
        prior.map { $0 + Point(random.normal(), random.normal()) * pointNoise }
    }
}

extension CropLayout.Error {
    /// One error after the other, for small ones.
    static func + (left: Self, right: Self) -> Self {
        Self(turn: left.turn + right.turn, scale: left.scale + right.scale, shift: left.shift + right.shift)
    }
}
