import Base
import FaceTracking

/// Measures the faces that another tracker gives; the other tracker never sees it. Thread-bound.
package final class MeasuredTracker: FaceTracker {
    private let tracker: any FaceTracker
    private var meter: FaceMeter

    /// `focalLength` of the camera in pixels; nil where nobody knows it.
    package init(_ tracker: any FaceTracker, focalLength: Double? = nil) {
        self.tracker = tracker
        meter = FaceMeter(tracker.scheme, focalLength: focalLength)
    }

    package var pointCount: Int { tracker.pointCount }

    package var scheme: LandmarkScheme { tracker.scheme }

    package var searches: Int { tracker.searches }

    package func reset() {
        tracker.reset()
        meter.reset()
    }

    package func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        meter.measure(
            try tracker.process(frame), time: frame.time, width: frame.displayWidth, height: frame.displayHeight,
            pixels: frame.displayedPixelShape)
    }
}
