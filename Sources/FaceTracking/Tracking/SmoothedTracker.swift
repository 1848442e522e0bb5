import Base

/// Smooths the landmarks that another tracker gives; the other tracker never sees it.
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
