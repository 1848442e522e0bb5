import Base
import FaceTracking

/// Takes the results of a recording, frame after frame. Thread-bound.
package protocol TrackOutput: AnyObject {
    /// Writes one frame's result; `frame` is nil where it failed to decode.
    ///
    /// Throws `.inputOutput` where writing fails; what is whole so far stays in `partialPath`.
    func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError)

    /// Everything is there: gives the file its name.
    func finish() throws(LandmarkdError)

    /// No more will come, but not all is there: keeps what is in `partialPath`.
    func interrupt() throws(LandmarkdError)

    /// Where it all is before `finish`; nil where it goes to standard output.
    var partialPath: String? { get }
}
