import Base

/// What a video file yields: a frame, or the place of one that failed to decode.
public struct DecodedPicture: Sendable {
    /// Place among the file's pictures, from 0, counted from its beginning even where `start` skips some.
    public let index: Int
    /// Seconds from the file's first picture, by the container's clock; grows from picture to picture.
    public let time: Double
    /// nil where decoding failed.
    public let frame: Frame?

    public init(index: Int, time: Double, frame: Frame?) {
        (self.index, self.time, self.frame) = (index, time, frame)
    }
}

/// What a video file says of itself. Estimates are for progress bars; only decoding tells the truth.
public struct VideoInfo: Sendable {
    /// Pixels as displayed, after `orientation`.
    public let width: Int
    public let height: Int
    /// FFmpeg's names: "h264", "mov,mp4,m4a,3gp,3g2,mj2".
    public let codec: String
    public let container: String
    /// Frames a second, 0 where unknown; a mean where it varies.
    public let frameRate: Double
    /// Seconds.
    public let duration: Double?
    public let estimatedFrames: Int?
    public let orientation: Orientation
}
