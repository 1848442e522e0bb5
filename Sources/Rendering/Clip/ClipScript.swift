import FaceTracking

/// Everything that decides what a synthetic clip shows: the same script, the same bytes.
public struct ClipScript: Sendable {
    /// Somebody and what they do, by the time in seconds.
    public struct Part: Sendable {
        public var person: Person
        /// Nil while they are not in the picture.
        public var pose: @Sendable (Double) -> Pose?
        public var expression: @Sendable (Double) -> FaceExpression
        /// Neck and shoulders are drawn too.
        public var hasBody = true

        public init(
            person: Person, pose: @escaping @Sendable (Double) -> Pose?,
            expression: @escaping @Sendable (Double) -> FaceExpression = { _ in FaceExpression() }
        ) {
            (self.person, self.pose, self.expression) = (person, pose, expression)
        }
    }

    public var width = 640
    public var height = 480
    /// Frames in a second.
    public var frameRate = 30.0
    public var frameCount: Int
    /// Drawn in this order: the last is in front.
    public var parts: [Part]
    /// Pixels a second by which the background moves.
    public var backgroundVelocity = Point(24, 7)
    /// Standard deviation of the sensor's noise in samples of Y; half as much in Cb and Cr.
    public var noise = 2.5
    /// Part of the light that comes from the left of the picture, −1…1, by the time in seconds.
    public var light: @Sendable (Double) -> Double = { _ in 0 }
    /// Seed of background and noise.
    public var seed: UInt64

    public init(frameCount: Int, parts: [Part], seed: UInt64) {
        (self.frameCount, self.parts, self.seed) = (frameCount, parts, seed)
    }

    /// Seconds from the first frame.
    public func time(of frame: Int) -> Double { Double(frame) / frameRate }
}
