import Base
import FaceTracking
import Samples

/// Outcome of tracks started from wrong landmarks: three frames later each should be right, or dropped.
///
/// Every picture stands still at 30 frames a second. Right: off by at most 0.15 of the reference length on average. Started where no
/// face is, a track should be gone after two frames.
package struct RecoveryEvaluation: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// By 30 % of the face's width, in a random direction.
        case shifted
        /// By 30°, either way.
        case turned
        /// Another person's landmarks, moved onto the face.
        case otherShape = "other_shape"
        /// Some face's landmarks in a picture without a face.
        case faceless
    }

    package struct Outcome: Sendable {
        package var right = 0
        package var lost = 0
        /// Told as a face, and wrong.
        package var wrong = 0

        var count: Int { right + lost + wrong }
        /// Share of the starts, in %.
        package var wrongPercent: Double { 100 * Double(wrong) / Double(max(1, count)) }
    }

    private static let frames = 3
    fileprivate static let rightError = 0.15
    /// Starts in each picture without a face.
    static let placesAPicture = 8

    package private(set) var outcomes: [Kind: Outcome] = [:]

    /// `tracked` is called after each start.
    package init(
        _ model: CascadeModel, _ locator: LocatorModel, _ faces: FaceSet, faceless: PictureSet, seed: UInt64 = 3,
        tracked: () -> Void = {}
    ) throws(LandmarkdError) {
        let tracker = TrackerModels(model, locator).tracker()
        for index in 0..<faces.count {
            var random = SplitMix64(seed: seed, index: UInt64(index))
            for kind in Kind.allCases where kind != .faceless {
                let start = Self.start(kind, faces, index, &random)
                let found = try Self.track(tracker, faces.frame(of: index), from: start)
                let truth = faces.faces[index].points
                outcomes[kind, default: Outcome()].add(found.map { faces.scheme.meanError(of: $0, truth: truth) })
                tracked()
            }
        }
        for (index, frame) in faceless.frames.enumerated() {
            var random = SplitMix64(seed: ~seed, index: UInt64(index))
            for _ in 0..<Self.placesAPicture {
                let start = Self.shapeSomewhere(frame, faces, &random)
                let found = try Self.track(tracker, frame, from: start)
                outcomes[.faceless, default: Outcome()].add(found.map { _ in .infinity })
                tracked()
            }
        }
    }

    private static func start(
        _ kind: Kind, _ faces: FaceSet, _ index: Int, _ random: inout SplitMix64
    ) -> [Point] {
        let points = faces.faces[index].points
        switch kind {
        case .shifted, .faceless:
            let way = SimilarityMap(scale: 0.3 * Box(around: points).width, angle: random.uniform(-.pi, .pi))
            return points.map { $0 + way(Point(1, 0)) }
        case .turned:
            let angle = (random.chance(0.5) ? 30 : -30) * Double.pi / 180
            return SimilarityMap(scale: 1, angle: angle, from: points.centroid, to: points.centroid)(points)
        case .otherShape:
            let other = faces.faces[Int(random.uniform() * Double(faces.count))].points
            let layout = CropLayout()
            let shape = layout.frameFromCrop(around: other, scheme: faces.scheme).inverse(other)
            return layout.frameFromCrop(around: points, scheme: faces.scheme)(shape)
        }
    }

    private static func shapeSomewhere(_ frame: Frame, _ faces: FaceSet, _ random: inout SplitMix64) -> [Point] {
        let (width, height) = (Double(frame.displayWidth), Double(frame.displayHeight))
        let shape = faces.faces[Int(random.uniform() * Double(faces.count))].points
        let scale = random.uniform(0.2, 0.8) * min(width, height) / Box(around: shape).width
        let place = Point(random.uniform(0.2, 0.8) * width, random.uniform(0.2, 0.8) * height)
        return SimilarityMap(scale: scale, angle: random.uniform(-0.5, 0.5), from: shape.centroid, to: place)(shape)
    }

    /// The landmarks reported in the third frame; nil where the track is lost.
    private static func track(
        _ tracker: CascadeTracker, _ frame: Frame, from start: [Point]
    ) throws(LandmarkdError) -> [Point]? {
        tracker.reset()
        tracker.begin(at: start, time: 0)
        var frame = frame
        var found: [TrackedFace] = []
        for index in 1...frames {
            frame.time = Double(index) / 30
            found = try tracker.process(frame)
        }
        return found.first?.points
    }
}

extension RecoveryEvaluation.Outcome {
    fileprivate mutating func add(_ error: Double?) {
        guard let error else {
            lost += 1
            return
        }
        if error <= RecoveryEvaluation.rightError { right += 1 } else { wrong += 1 }
    }
}

extension RecoveryEvaluation {
    /// Lines for readers.
    package var text: String {
        let lines = Kind.allCases.compactMap { kind in
            outcomes[kind].map { outcome in
                "  \(kind.words): \(outcome.right) right, \(outcome.lost) lost, \(outcome.wrong) wrong "
                    + "(\(decimal(outcome.wrongPercent, 2)) %)"
            }
        }
        return (["tracks from wrong landmarks, three frames later:"] + lines).joined(separator: "\n")
    }

    /// The object "wrong_starts" of `landmarkd evaluate --json`: % of the starts that are wrong three frames later.
    package var json: JSON {
        .object(
            Kind.allCases.compactMap { kind in
                outcomes[kind].map { (kind.rawValue + "_wrong_percent", .decimal($0.wrongPercent, 4)) }
            })
    }
}

extension RecoveryEvaluation.Kind {
    fileprivate var words: String {
        switch self {
        case .shifted: "shifted by 30 % of the face's width"
        case .turned: "turned by 30°"
        case .otherShape: "another person's shape"
        case .faceless: "in pictures without a face"
        }
    }
}
