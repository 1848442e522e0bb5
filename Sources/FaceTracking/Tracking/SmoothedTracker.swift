import Base

/// Calms the landmarks that another tracker gives, each by a filter of its own; the other tracker never sees it.
public final class SmoothedTracker: FaceTracker {
    private let tracker: any FaceTracker
    private let settings = OneEuroFilter.Settings()
    private var faces: [Int: [OneEuroFilter]] = [:]
    private var lastTime = 0.0

    public init(_ tracker: any FaceTracker) { self.tracker = tracker }

    public var pointCount: Int { tracker.pointCount }

    public var searches: Int { tracker.searches }

    public func reset() {
        tracker.reset()
        faces = [:]
    }

    public func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        let found = try tracker.process(frame)
        let step = frame.time - lastTime
        lastTime = frame.time
        // Who is not seen in a frame starts anew: nothing is dragged over a gap.
        let before = faces
        faces = [:]
        return found.map { face in smoothed(face, before[face.id], step: step) }
    }

    private func smoothed(_ face: TrackedFace, _ filters: [OneEuroFilter]?, step: Double) -> TrackedFace {
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
