import Base
import Capture
import FaceTracking
import Rendering
import Results

/// The recording as displayed, with the landmarks drawn, as a video.
///
/// Its size and the shape of its pixels are those of the first frame that was decoded; frames of other sizes are cut or filled up with black at the
/// right and below. Frames that failed to decode are left out: the one before is shown for longer.
package final class OverlayWriter: TrackOutput {
    /// None: without its end a video cannot be played, so what is not finished is removed.
    package let partialPath: String? = nil
    private let path: String
    private let lines: [[Int]]
    private let frameRate: Double
    /// Nil where landmarks are drawn as they come.
    private var smoother: FaceSmoother?
    private var writer: VideoWriter?
    private var size = (width: 0, height: 0)

    /// `lines` join landmarks, as `LandmarkScheme.lines`; `frameRate` (frames a second) is a hint for the encoder; frames keep their
    /// own times.
    package init(path: String, lines: [[Int]], frameRate: Double = 30, smoothing: Bool = true) {
        (self.path, self.lines, self.frameRate) = (path, lines, frameRate)
        smoother = smoothing ? FaceSmoother() : nil
    }

    package func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError) {
        guard let frame else { return }
        try open(for: frame)
        let copy = try displayedCopy(of: frame)
        let picture = fitted(copy)
        let faces = smoother?.smooth(result.faces, time: result.time) ?? result.faces
        let canvas = Canvas(picture)
        for face in faces { FaceDrawing.draw(face, lines: lines, on: canvas) }
        FaceDrawing.draw(time: result.time, on: canvas, height: picture.height)
        try writer?.write(picture, time: result.time)
    }

    package func finish() throws(LandmarkdError) { try writer?.finish() }

    package func interrupt() throws(LandmarkdError) { writer = nil }

    /// Makes the video in the size of the first frame, unless it is there already. Throws as `VideoWriter` does.
    func open(for first: Frame) throws(LandmarkdError) {
        if writer != nil { return }
        size = (first.displayWidth, first.displayHeight)
        writer = try VideoWriter(
            path, width: size.width, height: size.height, frameRate: frameRate, pixelShape: first.displayedPixelShape)
    }

    /// The picture in the video's size; itself where it has it.
    private func fitted(_ picture: PixelBuffer) -> PixelBuffer {
        guard (picture.width, picture.height) != size else { return picture }
        let fitted = PixelBuffer(width: size.width, height: size.height)
        fitted.plane(0).update(repeating: 16)
        copy(0, picture, width: picture.width, fitted, width: size.width)
        for plane in 1...2 { copy(plane, picture, width: picture.chromaWidth, fitted, width: fitted.chromaWidth) }
        return fitted
    }

    private func copy(_ plane: Int, _ from: PixelBuffer, width: Int, _ to: PixelBuffer, width newWidth: Int) {
        let (source, target) = (from.plane(plane), to.plane(plane))
        let common = min(width, newWidth)
        for row in 0..<min(source.count / width, target.count / newWidth) {
            for column in 0..<common { target[row * newWidth + column] = source[row * width + column] }
        }
    }
}
