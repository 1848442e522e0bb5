import Base
import Capture

/// A recording, read once from its start. Used by one thread at a time.
package protocol FrameSource: AnyObject {
    /// Seconds of it that will be read, as it says itself; nil where it does not say.
    var duration: Double? { get }

    /// The next picture in the order of display; nil at the end.
    func next() throws(LandmarkdError) -> DecodedFrame?

    /// Ends waiting in `next`, from any thread: nobody wants more of it.
    func cancel()
}

extension FrameSource {
    /// Files never wait.
    package func cancel() {}
}

extension VideoReader: FrameSource {}

/// A still: one picture at time 0.
final class StillSource: FrameSource {
    let duration: Double? = nil
    private var frame: Frame?

    init(_ path: String) throws(LandmarkdError) { frame = try readStill(path) }

    func next() throws(LandmarkdError) -> DecodedFrame? {
        defer { frame = nil }
        return frame.map { DecodedFrame(index: 0, time: 0, frame: $0) }
    }
}
