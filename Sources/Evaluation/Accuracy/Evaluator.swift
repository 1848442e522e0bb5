import Base
import FaceTracking
import Samples

/// Error of each landmark of one face after each pass, in shares of the reference length.
package struct FaceErrors: Sendable {
    package let face: Int
    /// `[pass][landmark]`.
    package let errors: [[Double]]
    /// After the last pass, as the network gives it.
    package let presence: Double
    /// Landmarks after each pass, pixels of the picture.
    package let points: [[Point]]
    /// The same from the mirrored picture, mirrored back; nil where that was not tried.
    package var mirrored: [[Point]]?

    /// Mean over landmarks.
    package func mean(pass: Int) -> Double { errors[pass].reduce(0, +) / Double(errors[pass].count) }
}

/// Evaluates a cascade on annotated faces.
package struct Evaluator: Sendable {
    package let model: CascadeModel
    package var passes: Int
    package var threads: Int
    package var seed: UInt64
    /// Also evaluates each picture's mirror image, where the scheme has a mirror map.
    package var triesMirrored = false

    package init(_ model: CascadeModel, passes: Int = 3, threads: Int = 1, seed: UInt64 = 5) {
        (self.model, self.passes, self.threads, self.seed) = (model, passes, threads, seed)
    }

    /// Errors of all faces, in their order; the same for any number of threads. `judged` is called after each face, from several
    /// threads.
    package func errors(
        _ faces: FaceSet, from start: CropStart, judged: @Sendable () -> Void = {}
    ) -> [FaceErrors] {
        parallelMap(faces.count, threads: threads) {
            CascadeRunner(model, passes: passes)
        } _: { runner, index in
            defer { judged() }
            return judge(index, faces, start, runner)
        }
    }

    private func judge(_ index: Int, _ faces: FaceSet, _ start: CropStart, _ runner: CascadeRunner) -> FaceErrors {
        let face = faces.faces[index]
        var generator = SplitMix64(seed: seed, index: UInt64(index))
        let (frameFromCrop, prior) = start.crop(of: face, among: faces.faces, generator: &generator)
        let estimates = runner.run(faces.frame(of: index), frameFromCrop, prior: prior, passes: passes, all: true)
        let errors = estimates.map { face.scheme.errors(of: $0.points, truth: face.points) }
        return FaceErrors(
            face: index, errors: errors, presence: estimates.last?.presence ?? 0, points: estimates.map(\.points),
            mirrored: triesMirrored ? mirroredAnswers(face, faces.frame(of: index), runner) : nil)
    }

    /// From a cold start on a crop from true landmarks, in pixels of the picture as it is.
    private func mirroredAnswers(_ face: AnnotatedFace, _ frame: Frame, _ runner: CascadeRunner) -> [[Point]]? {
        let image = frame.mirrored
        guard let truth = face.scheme.mirrored(face.points, across: frame) else { return nil }
        let frameFromCrop = CropLayout().frameFromCrop(around: truth, scheme: face.scheme)
        let estimates = runner.run(image, frameFromCrop, prior: nil, passes: passes, all: true)
        return estimates.compactMap { face.scheme.mirrored($0.points, across: frame) }
    }
}

extension LandmarkScheme {
    /// The points as they stand in the mirror image of the picture; nil where the mirror map is unknown.
    fileprivate func mirrored(_ points: [Point], across frame: Frame) -> [Point]? {
        let right = Double(frame.displayWidth - 1)
        return mirror.map { $0.map { Point(right - points[$0].x, points[$0].y) } }
    }
}

extension Frame {
    /// The same planes, shown flipped left to right.
    fileprivate var mirrored: Frame {
        // A flip after quarter turns equals a flip before as many turns the other way.
        let turned = Orientation(quarterTurns: -orientation.quarterTurns, mirrored: !orientation.mirrored)
        return Frame(
            width: width, height: height, luma: luma, chroma: chroma, chromaShift: chromaShift, bitDepth: bitDepth,
            fullRange: fullRange, orientation: turned, time: time, owner: owner)
    }
}

/// Where the evaluation of a face starts: the crop, and the prior of the first pass.
package enum CropStart: String, Sendable, CaseIterable {
    /// Crop around the true landmarks, cold start.
    case truth
    /// The same, wrong in size and place: standard deviations 8 % and 4 % of the side.
    case jittered
    /// Crop around the true landmarks; the first pass starts from another face's shape.
    case otherShape = "other_shape"

    /// The crop of a face (crop units to picture) and its prior (pixels of the picture).
    package func crop(
        of face: AnnotatedFace, among others: [AnnotatedFace], generator: inout SplitMix64
    ) -> (frameFromCrop: SimilarityMap, prior: [Point]?) {
        let layout = CropLayout()
        switch self {
        case .truth: return (layout.frameFromCrop(around: face.points, scheme: face.scheme), nil)
        case .jittered:
            let shift = Point(generator.normal() * 0.04, generator.normal() * 0.04)
            let error = CropLayout.Error(scale: generator.normal() * 0.08, shift: shift)
            return (layout.frameFromCrop(around: face.points, scheme: face.scheme, error: error), nil)
        case .otherShape:
            let frameFromCrop = layout.frameFromCrop(around: face.points, scheme: face.scheme)
            let other = others[Int(generator.next() % UInt64(others.count))]
            let shape = layout.frameFromCrop(around: other.points, scheme: other.scheme).inverse(other.points)
            return (frameFromCrop, frameFromCrop(shape))
        }
    }
}
