import Base

/// What a video file yields: a frame, or the place of one that failed to decode.
package struct DecodedFrame: Sendable {
    /// Place among the file's pictures, from 0, counted from its beginning even where `start` skips some.
    package let index: Int
    /// Seconds from the file's first picture, by the container's clock; grows from picture to picture.
    package let time: Double
    /// nil where decoding failed.
    package let frame: Frame?
    /// Jumps of the container's clock up to here, which were taken out of `time`.
    package let clockJumps: Int

    package init(index: Int, time: Double, frame: Frame?, clockJumps: Int = 0) {
        (self.index, self.time, self.frame, self.clockJumps) = (index, time, frame, clockJumps)
    }
}

/// What a video file says of itself. Estimates are for progress bars; only decoding tells the truth.
package struct VideoInfo: Sendable {
    /// Pixels as displayed, after `orientation`.
    package let width: Int
    package let height: Int
    /// FFmpeg's names: "h264", "mov,mp4,m4a,3gp,3g2,mj2".
    package let codec: String
    package let container: String
    /// Frames a second, 0 where unknown; a mean where it varies.
    package let frameRate: Double
    /// Whether the file tells that rate; else it is what FFmpeg assumes of pictures without a container.
    package let tellsRate: Bool
    /// Seconds.
    package let duration: Double?
    package let estimatedFrames: Int?
    package let orientation: Orientation
}

/// The part of a recording that is asked for: pictures from `start` on for `duration`, both in seconds.
package struct TimeSpan: Sendable, Equatable {
    package var start: Double
    package var duration: Double

    package init(start: Double, duration: Double) { (self.start, self.duration) = (start, duration) }

    package var end: Double { start + duration }

    package static let whole = TimeSpan(start: 0, duration: .infinity)
}
