import Base

/// Proposes the faces that a locator network sees in a frame, or in a part of it. Bound to one thread.
package final class NetworkLocator: FaceLocator {
    package static let defaultThreshold = 0.2
    /// Presence from which a face is proposed.
    package var threshold = NetworkLocator.defaultThreshold
    /// Most proposals.
    package var proposals = 16
    private let runner: LocatorRunner

    package init(_ model: LocatorModel) { runner = LocatorRunner(model) }

    package func locate(_ frame: Frame, in window: SearchWindow) -> [SimilarityMap] {
        runner.faces(in: frame, window: window, threshold: threshold, limit: proposals).map(\.crop)
    }
}
