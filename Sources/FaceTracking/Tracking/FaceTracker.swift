import Base

/// Follows faces from frame to frame. Thread-bound.
package protocol FaceTracker: AnyObject {
    /// Landmarks of a face.
    var pointCount: Int { get }

    /// What they mean; by default what is known of so many points.
    var scheme: LandmarkScheme { get }

    /// Finds and follows the faces of the next frame.
    func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace]

    /// Searches for faces since the beginning; 0 for a tracker that is given its faces.
    var searches: Int { get }

    /// Forgets all faces: another recording starts. Ids begin at 1 again.
    func reset()
}

extension FaceTracker {
    package var scheme: LandmarkScheme {
        LandmarkScheme.named("\(pointCount)") ?? LandmarkScheme(name: "points\(pointCount)", count: pointCount)
    }
}
