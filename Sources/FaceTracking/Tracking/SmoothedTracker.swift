import Base

/// Smooths the landmarks of another tracker, which is not affected by it.
package final class SmoothedTracker: FaceTracker {
    private let tracker: any FaceTracker
    private var smoother = FaceSmoother()

    package init(_ tracker: any FaceTracker) { self.tracker = tracker }

    package var pointCount: Int { tracker.pointCount }

    package var scheme: LandmarkScheme { tracker.scheme }

    package var searches: Int { tracker.searches }

    package func reset() {
        tracker.reset()
        smoother = FaceSmoother()
    }

    package func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        smoother.smooth(try tracker.process(frame), time: frame.time)
    }
}

/// Smooths the landmarks of faces from frame to frame, each with its own filter.
package struct FaceSmoother: Sendable {
    private let settings = OneEuroFilter.Settings()
    private var faces: [Int: [OneEuroFilter]] = [:]
    private var lastTime = 0.0

    package init() {}

    /// The faces of the frame at `time` (seconds), smoothed. A face that was not in the previous frame starts over, so that nothing is smoothed across a gap.
    package mutating func smooth(_ found: [TrackedFace], time: Double) -> [TrackedFace] {
        let step = time - lastTime
        lastTime = time
        let before = faces
        faces = [:]
        return found.map { smoothed($0, before[$0.id], step: step) }
    }

    private mutating func smoothed(_ face: TrackedFace, _ filters: [OneEuroFilter]?, step: Double) -> TrackedFace {
        guard var filters, step > 0 else {
            faces[face.id] = face.points.map { OneEuroFilter($0) }
            return face
        }
        var face = face
        let unit = max(1, max(face.box.width, face.box.height))
        for index in filters.indices {
            face.points[index] = filters[index].update(face.points[index], step: step, unit: unit, settings)
        }
        faces[face.id] = filters
        face.box = Box(around: face.points)
        return face
    }
}

/// Smooths a moving point: strongly while it is slow, weakly while it is fast.
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
