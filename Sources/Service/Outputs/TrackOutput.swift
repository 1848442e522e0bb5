import Base
import FaceTracking

/// Takes the results of a recording, frame after frame. Thread-bound.
public protocol TrackOutput: AnyObject {
    /// Writes one frame's rows. Throws `.inputOutput` where writing fails; whole rows so far stay in `partialPath`.
    func write(_ result: FrameResult) throws(LandmarkdError)

    /// Everything is there: gives the file its name.
    func finish() throws(LandmarkdError)

    /// No more will come, but not all is there: keeps what is in `partialPath`.
    func interrupt() throws(LandmarkdError)

    /// Where the rows are before `finish`; nil where they go to standard output.
    var partialPath: String? { get }
}
