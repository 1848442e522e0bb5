import Base
import FaceTracking

/// How far tracked landmarks lie from those that were drawn, in % of the drawn outer-eye distance (points 36 and 45).
package struct DrawnError: Sendable {
    /// Mean error of each frame that was compared.
    package private(set) var frames: [Double] = []
    /// Frames in which a drawn face was not found.
    package private(set) var missed = 0

    package init() {}

    /// Compares one frame; `tracked` is nil where the face was not found.
    package mutating func add(tracked: [Point]?, drawn: [Point]) {
        guard let tracked else {
            missed += 1
            return
        }
        frames.append(Self.percent(tracked: tracked, drawn: drawn))
    }

    /// Mean over the frames; nil before the first.
    package var mean: Double? { frames.isEmpty ? nil : frames.reduce(0, +) / Double(frames.count) }

    /// The error that nine of ten frames stay below or at; nil before the first.
    package var ninetiethPercentile: Double? {
        frames.isEmpty ? nil : frames.sorted()[min(frames.count - 1, frames.count * 9 / 10)]
    }

    /// Mean distance of one face's points; 68 of each.
    package static func percent(tracked: [Point], drawn: [Point]) -> Double {
        precondition(
            tracked.count == AverageFace.landmarkCount && drawn.count == tracked.count,
            "\(tracked.count) points tracked and \(drawn.count) drawn, \(AverageFace.landmarkCount) of each expected")
        return 100 * LandmarkScheme.ibug68.meanError(of: tracked, truth: drawn)
    }
}
