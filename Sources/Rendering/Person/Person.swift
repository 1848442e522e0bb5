import Base

/// Parameters that distinguish drawn figures. All are mixtures of means and small parts of modes, not real people.
package struct Person: Sendable, Equatable {
    package enum Hair: Sendable, CaseIterable {
        case short
        case long
    }

    /// Y, Cb, Cr, 0…255.
    package typealias Paint = SIMD3<Double>

    /// Parts of the average face's shape modes, in standard deviations; missing ones count as 0.
    package var shape: [Double] = []
    /// Parts of its texture modes.
    package var texture: [Double] = []
    package var hair = Hair.short
    package var hairPaint = Paint(48, 121, 137)
    package var clothPaint = Paint(92, 146, 108)
    /// Seed of strands and folds.
    package var seed: UInt64 = 1

    /// The mean of all.
    package static let average = Person()

    package init() {}

    /// A different person for each seed, within one standard deviation of the mean in every mode.
    package init(seed: UInt64) {
        var random = SplitMix64(seed: seed, index: 17)
        func part() -> Double { min(1, max(-1, 0.7 * random.normal())) }
        shape = (0..<6).map { _ in part() }
        texture = (0..<4).map { _ in part() }
        hair = random.chance(0.5) ? .short : .long
        hairPaint = Self.hairPaints.randomElement(using: &random)!
        clothPaint = Self.clothPaints.randomElement(using: &random)!
        self.seed = seed
    }

    private static let hairPaints = [
        Paint(34, 126, 130), Paint(48, 121, 137), Paint(66, 116, 141), Paint(104, 108, 142), Paint(120, 126, 130),
    ]
    private static let clothPaints = [
        Paint(92, 146, 108), Paint(70, 120, 150), Paint(150, 122, 126), Paint(60, 132, 124), Paint(110, 112, 118),
        Paint(84, 152, 122),
    ]
}
