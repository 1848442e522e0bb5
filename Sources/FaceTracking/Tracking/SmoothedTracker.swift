import Base

/// Calms the landmarks that another tracker gives; the other tracker never sees it.
public final class SmoothedTracker: FaceTracker {
    private let tracker: any FaceTracker
    private var smoother = FaceSmoother()

    public init(_ tracker: any FaceTracker) { self.tracker = tracker }

    public var pointCount: Int { tracker.pointCount }

    public func reset() {
        tracker.reset()
        smoother = FaceSmoother()
    }

    public func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        smoother.smooth(try tracker.process(frame), time: frame.time)
    }
}
