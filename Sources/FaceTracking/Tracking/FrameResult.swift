/// A face that is followed, in one frame.
public struct TrackedFace: Sendable, Equatable {
    /// From 1; never given to another face in the same run.
    public var id: Int
    /// How sure the tracker is that this is a face, 0…1.
    public var confidence: Double
    /// Around the landmarks, in pixels of the picture as displayed.
    public var box: Box
    /// Landmarks in pixels of the picture as displayed, in the order of the model's scheme.
    public var points: [Point]
    /// Of each landmark: how sure the tracker is that it is within 0.08 of the eye distance, 0…1.
    public var pointConfidence: [Double]

    public init(
        id: Int, confidence: Double, box: Box, points: [Point], pointConfidence: [Double]
    ) {
        (self.id, self.confidence, self.box) = (id, confidence, box)
        (self.points, self.pointConfidence) = (points, pointConfidence)
    }
}

/// What the tracker found in one decoded frame.
public struct FrameResult: Sendable, Equatable {
    /// From 1, counting decoded frames.
    public var frame: Int
    /// Seconds from the first frame, by the source's clock.
    public var time: Double
    /// In the order of their ids; empty where nobody is followed or the frame failed to decode.
    public var faces: [TrackedFace]

    public init(frame: Int, time: Double, faces: [TrackedFace]) {
        (self.frame, self.time, self.faces) = (frame, time, faces)
    }
}
