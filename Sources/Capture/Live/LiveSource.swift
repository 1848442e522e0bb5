import Base

/// A frame as it came from a source that does not wait.
package struct LiveFrame: Sendable {
    /// `frame.time`: seconds on the source's own clock, from its first frame since it was opened.
    package var frame: Frame
    /// Unix time of the exposure, as reported by the driver or the stream's clock; else when the frame arrived.
    package var exposure: Double
    /// Frames that the source lost right before this one (gaps in its numbering).
    package var lost: Int

    package init(frame: Frame, exposure: Double, lost: Int = 0) {
        (self.frame, self.exposure, self.lost) = (frame, exposure, lost)
    }
}

/// What a source delivers, as it was granted.
package struct LiveFormat: Sendable, Equatable, CustomStringConvertible {
    /// Pixels as displayed.
    package var width: Int
    package var height: Int
    /// Pixel format or codec: "YUYV", "MJPG", "h264".
    package var encoding: String
    /// Frames a second as promised; nil where the source does not say.
    package var rate: Double?

    package init(width: Int, height: Int, encoding: String, rate: Double?) {
        (self.width, self.height, self.encoding, self.rate) = (width, height, encoding, rate)
    }

    /// "YUYV 640x480, 30 frames/s".
    package var description: String {
        "\(encoding) \(width)x\(height)" + (rate.map { ", \(rateText($0)) frames/s" } ?? "")
    }
}

/// An open source that frames are taken from as they come: a camera, a network stream, a file played at its own pace.
///
/// Bound to one thread. Closed, with all it holds, when it is released.
package protocol LiveSource: AnyObject {
    var format: LiveFormat { get }

    /// Waits for the next frame; nil at the end, or once its `StopSignal` is set.
    ///
    /// Throws `LandmarkdError` where the source must be reopened: unplugged, no frame in the set time, another
    /// format. A frame that is broken is counted in `brokenFrames` and skipped.
    func next() throws(LandmarkdError) -> LiveFrame?

    /// Frames since opening that could not be decoded, or came empty.
    var brokenFrames: Int { get }

    /// Jumps of the source's clock since opening, by which its times would have gone wrong.
    var clockJumps: Int { get }
}

extension LiveSource {
    /// For sources whose clock cannot jump.
    package var clockJumps: Int { 0 }
}

/// Opens a source; asked again after every loss, so that names are resolved again. May be used by any thread.
package protocol LiveSourceOpener: Sendable {
    /// As the settings name it: "/dev/video0", "rtsp://…", "clip.mp4".
    var name: String { get }

    var kind: SourceKind { get }

    /// What is asked of a camera; nil for other sources.
    var request: CameraRequest? { get }

    /// `stop` ends waiting, in `open` and in `next`, within 0.2 s.
    func open(stop: StopSignal) throws(LandmarkdError) -> any LiveSource
}

extension LiveSourceOpener {
    package var request: CameraRequest? { nil }
}

/// A rate with at most two digits after the point: "30", "29.97", "7.5".
func rateText(_ rate: Double) -> String {
    rate.isFinite && abs(rate) < 1e9 ? decimal(rate, rateDigits(rate)) : "\(rate)"
}

/// As many digits after a rate's point as say something, at most two.
func rateDigits(_ rate: Double) -> Int {
    guard abs(rate) < 1e9 else { return 0 }
    let hundredths = Int((rate * 100).rounded())
    return hundredths.isMultiple(of: 100) ? 0 : hundredths.isMultiple(of: 10) ? 1 : 2
}
