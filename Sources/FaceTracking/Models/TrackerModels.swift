import Base

/// The two networks that a tracker needs: read once, used by any number of trackers.
package struct TrackerModels: Sendable {
    package let landmarks: CascadeModel
    package let locator: LocatorModel

    package init(_ landmarks: CascadeModel, _ locator: LocatorModel) {
        (self.landmarks, self.locator) = (landmarks, locator)
    }

    /// Reads those that came with landmarkd, or the landmark model `given` in place of its own.
    ///
    /// Throws as `ModelSearch.path` and `CascadeModel` do.
    package init(_ search: ModelSearch = ModelSearch(), given landmarks: String? = nil) throws(LandmarkdError) {
        self.landmarks = try CascadeModel(path: search.path(.landmarks, given: landmarks))
        locator = try LocatorModel(path: search.path(.locator))
    }

    /// A tracker of its own for one recording or stream. Bound to one thread.
    package func tracker(_ settings: TrackingSettings = TrackingSettings()) -> CascadeTracker {
        CascadeTracker(landmarks, locator: NetworkLocator(locator), settings: settings)
    }

    /// The same, with its landmarks smoothed where that is wanted.
    package func tracker(_ settings: TrackingSettings = TrackingSettings(), smooths: Bool) -> any FaceTracker {
        let tracker = tracker(settings)
        return smooths ? SmoothedTracker(tracker) : tracker
    }
}
