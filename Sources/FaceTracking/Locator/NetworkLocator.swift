import Base

/// Proposes the faces that a locator network sees in a frame, or in a part of it. Bound to one thread.
public final class NetworkLocator: FaceLocator {
    public static let defaultThreshold = 0.2
    /// Presence from which a face is proposed.
    public var threshold = NetworkLocator.defaultThreshold
    /// Most proposals.
    public var proposals = 16
    private let runner: LocatorRunner

    public init(_ model: LocatorModel) { runner = LocatorRunner(model) }

    public func locate(_ frame: Frame, in window: SearchWindow) -> [SimilarityMap] {
        runner.faces(in: frame, window: window, threshold: threshold, limit: proposals).map(\.crop)
    }
}
