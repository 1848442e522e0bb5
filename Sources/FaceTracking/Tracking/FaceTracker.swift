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

/// A face that is followed, in one frame.
package struct TrackedFace: Sendable, Equatable {
    /// From 1; never given to another face in the same run.
    package var id: Int
    /// How sure the tracker is that the landmarks are right, 0…1; nil where it cannot tell.
    package var confidence: Double?
    /// Around the landmarks, in pixels of the picture as displayed.
    package var box: Box
    /// Landmarks in pixels of the picture as displayed, in the order of the model's scheme.
    package var points: [Point]
    /// For each landmark: how sure the tracker is that it is within 0.08 of the eye distance, 0…1; empty where it cannot tell.
    package var pointConfidence: [Double]
    /// What was measured on the landmarks; nil where nobody measured.
    package var measures: FaceMeasures?

    package init(
        id: Int, confidence: Double?, box: Box, points: [Point], pointConfidence: [Double],
        measures: FaceMeasures? = nil
    ) {
        (self.id, self.confidence, self.box) = (id, confidence, box)
        (self.points, self.pointConfidence, self.measures) = (points, pointConfidence, measures)
    }
}

/// What the tracker found in one decoded frame.
package struct FrameResult: Sendable, Equatable {
    /// From 1, counting decoded frames.
    package var frame: Int
    /// Seconds from the first frame, by the source's clock.
    package var time: Double
    /// In the order of their ids; empty where nobody is followed or the frame failed to decode.
    package var faces: [TrackedFace]

    package init(frame: Int, time: Double, faces: [TrackedFace]) {
        (self.frame, self.time, self.faces) = (frame, time, faces)
    }
}
