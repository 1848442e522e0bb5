import Base

/// Smooths the landmarks of faces from frame to frame, each by a filter of its own.
package struct FaceSmoother: Sendable {
    private let settings = OneEuroFilter.Settings()
    private var faces: [Int: [OneEuroFilter]] = [:]
    private var lastTime = 0.0

    package init() {}

    /// The faces of the frame at `time` (seconds), smoothed. Who was not in the frame before starts over: nothing is dragged over a gap.
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
