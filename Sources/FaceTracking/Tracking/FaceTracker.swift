import Base

/// Follows faces from frame to frame. Thread-bound.
package protocol FaceTracker: AnyObject {
    /// Landmarks of a face.
    var pointCount: Int { get }

    /// Finds and follows the faces of the next frame.
    func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace]

    /// Frames searched as a whole since the beginning.
    var searches: Int { get }

    /// Forgets all faces: another recording starts. Ids begin at 1 again.
    func reset()
}

extension FaceTracker {
    /// None: most trackers are given their faces.
    package var searches: Int { 0 }
}
