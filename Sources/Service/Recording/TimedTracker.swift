import Base
import FaceTracking

/// Counts the processor time that another tracker takes.
public final class TimedTracker: FaceTracker {
    private let tracker: any FaceTracker
    /// Frames since `reset`.
    public private(set) var frames = 0
    /// Seconds of the calling thread's processor time spent on them.
    public private(set) var seconds = 0.0

    public init(_ tracker: any FaceTracker) { self.tracker = tracker }

    public var pointCount: Int { tracker.pointCount }

    public func reset() {
        tracker.reset()
        (frames, seconds) = (0, 0)
    }

    public func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        let start = threadProcessorSeconds()
        defer {
            seconds += threadProcessorSeconds() - start
            frames += 1
        }
        return try tracker.process(frame)
    }
}
