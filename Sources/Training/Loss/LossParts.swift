/// Means of a step's loss, part by part; those of several threads add up.
public struct LossParts: Sendable {
    public var total: Double = 0
    /// Of heatmaps of landmarks.
    public var heatmap: Double = 0
    /// Of places and sizes.
    public var coordinates: Double = 0
    /// Of where a face is and where none.
    public var presence: Double = 0
    /// Of errors that change from frame to frame.
    public var steadiness: Double = 0

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
