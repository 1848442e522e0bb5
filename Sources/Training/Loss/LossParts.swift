/// Means of a step's loss, part by part; those of several threads add up.
package struct LossParts: Sendable {
    package var total: Double = 0
    /// Heatmap loss.
    package var heatmap: Double = 0
    /// Loss of places and sizes.
    package var coordinates: Double = 0
    /// Presence loss.
    package var presence: Double = 0
    /// Loss of errors that change from frame to frame.
    package var steadiness: Double = 0

    static func * (left: LossParts, factor: Double) -> LossParts {
        var parts = left
        parts.total *= factor
        parts.heatmap *= factor
        parts.coordinates *= factor
        parts.presence *= factor
        parts.steadiness *= factor
        return parts
    }

    static func += (left: inout LossParts, right: LossParts) {
        left.total += right.total
        left.heatmap += right.heatmap
        left.coordinates += right.coordinates
        left.presence += right.presence
        left.steadiness += right.steadiness
    }
}
