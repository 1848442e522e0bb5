import Base

/// What a source gives for one coded picture.
public enum SourcePicture: Sendable {
    case frame(Frame)
    /// It failed to decode; seconds from the first frame.
    case broken(time: Double)

    var time: Double {
        switch self {
        case .frame(let frame): frame.time
        case .broken(let time): time
        }
    }

    var frame: Frame? {
        if case .frame(let frame) = self { frame } else { nil }
    }
}

/// A recording, read once from its start. Used by one thread at a time.
public protocol PictureSource: AnyObject {
    /// Seconds that the source says it has; nil where it does not say.
    var duration: Double? { get }

    /// The next picture in the order of display; nil at the end.
    func next() throws(LandmarkdError) -> SourcePicture?
}
