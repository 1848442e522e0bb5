/// Means of a step's loss, part by part; those of several threads add up.
public struct LossParts: Sendable {
    public var total: Double = 0
    /// Of heatmaps of landmarks.
    public var heatmap: Double = 0
    /// Of places and sizes.
    public var coordinates: Double = 0
    /// Of where a face is and where none.
    public var presence: Double = 0

    static func += (left: inout LossParts, right: LossParts) {
        left.total += right.total
        left.heatmap += right.heatmap
        left.coordinates += right.coordinates
        left.presence += right.presence
    }
}
