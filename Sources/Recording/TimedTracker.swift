import Base
import FaceTracking

/// Counts the processor time that another tracker takes.
package final class TimedTracker: FaceTracker {
    private let tracker: any FaceTracker
    /// Frames since `reset`.
    package private(set) var frames = 0
    /// Seconds of the calling thread's processor time spent on them.
    package private(set) var seconds = 0.0

    package init(_ tracker: any FaceTracker) { self.tracker = tracker }

    package var pointCount: Int { tracker.pointCount }

    package var scheme: LandmarkScheme { tracker.scheme }

    package var searches: Int { tracker.searches }

    package func reset() {
        tracker.reset()
        (frames, seconds) = (0, 0)
    }

    package func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        let start = threadProcessorSeconds()
        defer {
            seconds += threadProcessorSeconds() - start
            frames += 1
        }
        return try tracker.process(frame)
    }
}
