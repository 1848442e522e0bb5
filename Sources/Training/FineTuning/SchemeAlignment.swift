import Base
import FaceTracking
import Samples

/// Positions of annotated landmarks in the crops that a model with other landmarks uses for the same faces.
///
/// Crops placed by the new landmarks then match those of the old ones: the network sees faces as in training, and the locator's proposals
/// fit. And each new landmark has a nearest old one, whose weights it can start from.
struct SchemeAlignment {
    /// Median places of the new landmarks and of the model's own, in crop units.
    let template: [Point]
    let known: [Point]

    /// Maximum number of faces used.
    private static let mostFaces = 100
    /// Presence from which the model has seen the face.
    private static let certain = 0.5
    /// Furthest old landmark that a new one starts from, in crop sides.
    private static let reach = 0.1

    /// Nil where the model sees fewer than half of the faces, or their landmarks are too close together to place a crop.
    init?(_ model: CascadeModel, _ faces: FaceSet) {
        let runner = CascadeRunner(model)
        let tried = min(faces.count, Self.mostFaces)
        let found = (0..<tried).compactMap { number in
            Self.places(of: number * faces.count / tried, faces, runner)
        }
        guard found.count >= max(2, tried / 2) else { return nil }
        template = Self.medians(found.map(\.new))
        known = Self.medians(found.map(\.old))
        guard LandmarkScheme.isTemplate(template) else { return nil }
    }

    /// For each new landmark the nearest old one; nil where none is near.
    var nearest: [Int?] {
        template.map { place in
            let nearest = known.indices.min { (known[$0] - place).length < (known[$1] - place).length }
            return nearest.flatMap { (known[$0] - place).length < Self.reach ? $0 : nil }
        }
    }

    /// One face's landmarks, new and old, in the crop placed by the old ones; nil where the model does not find the face.
    ///
    /// How much of a face the new landmarks span is unknown: the model is run on crops of several sizes around them, and then, as in a
    /// tracker, on crops placed by its own landmarks.
    private static func places(
        of index: Int, _ faces: FaceSet, _ runner: CascadeRunner
    ) -> (new: [Point], old: [Point])? {
        let (face, frame) = (faces.faces[index], faces.frame(of: index))
        var plain = face.scheme
        plain.template = nil
        let estimates = [1, 1.5, 2.2].map { factor in
            let start = CropLayout(area: 1.5 * factor * factor).frameFromCrop(around: face.points, scheme: plain)
            var estimate = runner.run(frame, start, prior: nil, passes: 2)[0]
            for _ in 0..<3 where isUsable(estimate.points) {
                let crop = CropLayout().frameFromCrop(around: estimate.points, scheme: runner.scheme)
                estimate = runner.run(frame, crop, prior: estimate.points, passes: 2)[0]
            }
            return estimate
        }
        guard let best = estimates.max(by: { $0.presence < $1.presence }), best.presence >= certain,
            isUsable(best.points)
        else { return nil }
        let cropFromFrame = CropLayout().frameFromCrop(around: best.points, scheme: runner.scheme).inverse
        let new = cropFromFrame(face.points)
        // Perhaps another face in the picture.
        guard all(new.centroid .> Point(0, 0)), all(new.centroid .< Point(1, 1)) else { return nil }
        return (new, cropFromFrame(best.points))
    }

    private static func isUsable(_ points: [Point]) -> Bool { points.allSatisfy { $0.x.isFinite && $0.y.isFinite } }

    private static func medians(_ shapes: [[Point]]) -> [Point] {
        func median(_ numbers: [Double]) -> Double { numbers.sorted()[numbers.count / 2] }
        return shapes[0].indices.map { point in
            Point(median(shapes.map { $0[point].x }), median(shapes.map { $0[point].y }))
        }
    }
}
