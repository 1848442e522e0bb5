import Base

/// Proposes where faces may be in a frame, for a tracker to try. Bound to one thread.
package protocol FaceLocator: AnyObject {
    /// Crops (crop units to picture) that may hold a face in this part of the frame, best first.
    func locate(_ frame: Frame, in window: SearchWindow) -> [SimilarityMap]
}
