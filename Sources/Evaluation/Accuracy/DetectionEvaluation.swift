import Base
import FaceTracking
import Samples

/// Evaluates locator and cascade together, as `track` uses them on a first frame: is the face found, and landmarked to 0.15 of the
/// reference length? Bound to one thread.
package final class DetectionEvaluation {
    /// Longer side of the box around the landmarks, over the frame's height.
    package static let heights = [0.06, 0.08, 0.12, 0.2, 0.4, 0.8, 1.2]
    /// Size of the frames that faces are pasted into, in pixels.
    private static let (width, height) = (640, 360)
    private static let rightError = 0.15
    private static let degree = Double.pi / 180

    private let tracker: CascadeTracker
    private let canvas = PlanarCrop(side: DetectionEvaluation.width)

    package init(_ model: CascadeModel, _ locator: LocatorModel) {
        tracker = TrackerModels(model, locator).tracker()
    }

    /// % of the faces that are right in their own pictures.
    package func right(in faces: FaceSet) throws(LandmarkdError) -> Double {
        var right = 0
        for index in 0..<faces.count {
            right += try isRight(faces.frame(of: index), faces.faces[index].points, faces.scheme) ? 1 : 0
        }
        return 100 * Double(right) / Double(max(1, faces.count))
    }

    /// Percentage of `count` faces found right when pasted anywhere into face-free pictures at this height (see `heights`), turned by up to 45°.
    package func right(
        pasting faces: FaceSet, on faceless: PictureSet, height: Double, count: Int, seed: UInt64 = 1
    ) throws(LandmarkdError) -> Double {
        var right = 0
        for number in 0..<count {
            var random = SplitMix64(seed: seed &+ UInt64(height * 1000), index: UInt64(number))
            let face = number * faces.count / count
            let ground = faceless.frames[Int(random.uniform() * Double(faceless.frames.count))]
            let (frame, points) = paste(faces.faces[face], faces.frame(of: face), height, on: ground, &random)
            right += try isRight(frame, points, faces.scheme) ? 1 : 0
        }
        return 100 * Double(right) / Double(max(1, count))
    }

    /// Percentage of the pictures, all without a face, in which one is reported.
    package func falseFaces(in faceless: PictureSet) throws(LandmarkdError) -> Double {
        var falseFaces = 0
        for frame in faceless.frames {
            tracker.reset()
            falseFaces += try tracker.process(frame).isEmpty ? 0 : 1
        }
        return 100 * Double(falseFaces) / Double(max(1, faceless.frames.count))
    }

    private func isRight(_ frame: Frame, _ truth: [Point], _ scheme: LandmarkScheme) throws(LandmarkdError) -> Bool {
        tracker.reset()
        guard let found = try tracker.process(frame).first else { return false }
        return scheme.meanError(of: found.points, truth: truth) <= Self.rightError
    }

    /// A frame with the face, and where its landmarks are.
    private func paste(
        _ face: AnnotatedFace, _ picture: Frame, _ height: Double, on ground: Frame, _ random: inout SplitMix64
    ) -> (Frame, [Point]) {
        let box = Box(around: face.points)
        let size = Point(Double(Self.width), Double(Self.height))
        let length = height * size.y
        // The whole face is in the frame where it fits, else it is about in the middle.
        let free = pointwiseMax(size - 1.3 * length, Point(0.1, 0.1) * size) / 2
        let centre = size / 2 + free * Point(random.uniform(-1, 1), random.uniform(-1, 1))
        let groundFromPicture = SimilarityMap(
            scale: length / max(box.width, box.height), angle: random.uniform(-45, 45) * Self.degree, from: box.centre,
            to: centre)
        sample(ground)
        // The canvas is a square around the frame: units of its width.
        let margin = Double(Self.width - Self.height) / 2
        let canvasFromGround = SimilarityMap(
            a: 1 / size.x, b: 0, tx: 0.5 / size.x, ty: (margin + 0.5) / size.x)
        let pictureFromCanvas = groundFromPicture.then(canvasFromGround).inverse
        canvas.sampleTexture(picture, pictureFromCanvas)
        let whole = Point(Double(picture.displayWidth - 1), Double(picture.displayHeight - 1))
        canvas.paste(
            PasteMask(
                pictureFromCrop: pictureFromCanvas, mirrored: false, box: Box(low: .zero, high: whole),
                corners: .ellipse, feather: 0.2))
        return (frame(margin: Int(margin)), groundFromPicture(face.points))
    }

    /// Fills the canvas with a picture's middle.
    private func sample(_ ground: Frame) {
        let size = Point(Double(ground.displayWidth), Double(ground.displayHeight))
        let scale = min(size.x, size.y * Double(Self.width) / Double(Self.height))
        canvas.sample(ground, SimilarityMap(scale: scale, angle: 0, from: Point(0.5, 0.5), to: (size - 1) / 2))
    }

    /// The canvas' middle rows as a frame.
    private func frame(margin: Int) -> Frame {
        let side = Self.width
        var pixels = [Float](repeating: 0, count: 3 * side * side)
        pixels.withUnsafeMutableBufferPointer { canvas.write(to: $0) }
        let buffer = PixelBuffer(width: side, height: Self.height, chromaShift: (0, 0))
        for (channel, middle) in [Float(127.5), 128, 128].enumerated() {
            let plane = buffer.plane(channel)
            for index in plane.indices {
                let value = pixels[3 * (margin * side + index) + channel] * 127.5 + middle
                plane[index] = UInt8(max(0, min(255, value.rounded())))
            }
        }
        return buffer.frame(fullRange: true)
    }
}
