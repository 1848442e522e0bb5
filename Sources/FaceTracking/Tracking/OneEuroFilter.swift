import Base

/// Smooths a moving point: strongly while it is slow, hardly while it is fast.
///
/// Source: Casiez, Roussel, Vogel 2012, "1 € Filter". Steps are the frames' own times, so a changing rate does no harm.
struct OneEuroFilter {
    struct Settings: Sendable, Equatable {
        /// Cut-off in Hz at rest.
        var cutoff = 1.5
        /// Hz by which the cut-off grows for each unit of speed (face sizes a second).
        var growth = 25.0
        /// Cut-off in Hz of the speed's own smoothing.
        var speedCutoff = 3.0
    }

    private var value: Point
    private var speed = Point.zero

    init(_ value: Point) { self.value = value }

    /// The smoothed place after `step` seconds; `unit` is the length, in pixels, that speeds are measured in.
    mutating func update(_ next: Point, step: Double, unit: Double, _ settings: Settings) -> Point {
        let change = (next - value) / step
        speed += (change - speed) * Self.share(settings.speedCutoff, step)
        let cutoff = settings.cutoff + settings.growth * speed.length / unit
        value += (next - value) * Self.share(cutoff, step)
        return value
    }

    /// Share of the new value for a cut-off in Hz.
    private static func share(_ cutoff: Double, _ step: Double) -> Double {
        let turns = 2 * Double.pi * cutoff * step
        return turns / (turns + 1)
    }
}
