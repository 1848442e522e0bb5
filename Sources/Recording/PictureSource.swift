import Base
import Capture

/// A recording, read once from its start. Used by one thread at a time.
package protocol PictureSource: AnyObject {
    /// Seconds of it that will be read, as it says itself; nil where it does not say.
    var duration: Double? { get }

    /// The next picture in the order of display; nil at the end.
    func next() throws(LandmarkdError) -> DecodedPicture?

    /// Ends waiting in `next`, from any thread: nobody wants more of it.
    func cancel()
}

extension PictureSource {
    /// Files never wait.
    package func cancel() {}
}

/// A video file, or a span of it. Decodes in one thread, so that times of broken pictures are sure.
package final class VideoSource: PictureSource {
    package let duration: Double?
    private let path: String
    private let span: TimeSpan
    private let reader: VideoReader
    private var isEmpty = true

    /// Throws as `VideoReader` does.
    package init(_ path: String, span: TimeSpan = .whole) throws(LandmarkdError) {
        (self.path, self.span) = (path, span)
        reader = try VideoReader(path, start: span.start, duration: span.duration)
        duration = reader.info.duration.map { min(max(0, $0 - span.start), span.duration) }
    }

    package func next() throws(LandmarkdError) -> DecodedPicture? {
        let picture = try reader.next()
        guard picture == nil, isEmpty, span != .whole else {
            isEmpty = false
            return picture
        }
        let end = decimal(reader.end, 3)
        throw span.start >= reader.end
            ? LandmarkdError(
                .unusableData, "\(path): it ends at \(end) s, before --start \(span.start)",
                remedy: "give a smaller --start")
            : LandmarkdError(
                .unusableData, "\(path): no picture between \(span.start) s and \(span.end) s",
                remedy: "give a larger --duration")
    }

    package func cancel() { reader.cancel() }
}

/// A still: one picture at time 0.
final class StillSource: PictureSource {
    let duration: Double? = nil
    private var frame: Frame?

    init(_ path: String) throws(LandmarkdError) { frame = try readStill(path) }

    func next() throws(LandmarkdError) -> DecodedPicture? {
        defer { frame = nil }
        return frame.map { DecodedPicture(index: 0, time: 0, frame: $0) }
    }
}

/// The part of a recording that is asked for: pictures from `start` on for `duration`, both in seconds.
package struct TimeSpan: Sendable, Equatable {
    package var start: Double
    package var duration: Double

    package init(start: Double, duration: Double) { (self.start, self.duration) = (start, duration) }

    package var end: Double { start + duration }

    package static let whole = TimeSpan(start: 0, duration: .infinity)
}
