/// What is asked of a camera; nil leaves the choice to landmarkd, which aims at 640×480 at 30 frames a second.
package struct CameraRequest: Sendable, Equatable, CustomStringConvertible {
    /// V4L2's four letters of a pixel format: "YUYV", "MJPG".
    package var format: String?
    /// Pixels. A camera that does not offer the size gives the one nearest to it.
    package var size: (width: Int, height: Int)?
    /// Frames a second.
    package var rate: Double?
    /// Seconds without a good frame after which the camera counts as lost. By default 2 s or 5 frames, whichever is
    /// longer, and 5 s for the first frame.
    package var patience: Double?

    package init(
        format: String? = nil, size: (width: Int, height: Int)? = nil, rate: Double? = nil, patience: Double? = nil
    ) {
        (self.format, self.size, self.rate, self.patience) = (format, size, rate, patience)
    }

    package static func == (a: Self, b: Self) -> Bool {
        (a.format, a.size?.width, a.size?.height, a.rate) == (b.format, b.size?.width, b.size?.height, b.rate)
            && a.patience == b.patience
    }

    /// "MJPG, 1280x720, 30 frames/s"; "any format, any size, any rate".
    package var description: String {
        let size = size.map { "\($0.width)x\($0.height)" } ?? "any size"
        let rate = rate.map { "\(rateText($0)) frames/s" } ?? "any rate"
        return "\(format ?? "any format"), \(size), \(rate)"
    }
}
