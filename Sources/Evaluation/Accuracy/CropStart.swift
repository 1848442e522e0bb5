import Base
import FaceTracking

/// From where a face is judged: how its crop is laid and what the first pass starts from.
package enum CropStart: String, Sendable, CaseIterable {
    /// Crop laid by the true landmarks, cold start.
    case truth
    /// The same, wrong in size and place: standard deviations 8 % and 4 % of the side.
    case jittered
    /// Crop laid by the true landmarks; the first pass starts from another face's shape.
    case otherShape = "other_shape"

    /// The crop map (crop units to picture) and prior (pixels of the picture) of a face.
    package func lay(
        _ face: AnnotatedFace, among others: [AnnotatedFace], generator: inout SplitMix64
    ) -> (map: SimilarityMap, prior: [Point]?) {
        let layout = CropLayout()
        switch self {
        case .truth: return (layout.map(around: face.points, scheme: face.scheme), nil)
        case .jittered:
            let shift = Point(generator.normal() * 0.04, generator.normal() * 0.04)
            let error = CropLayout.Error(scale: generator.normal() * 0.08, shift: shift)
            return (layout.map(around: face.points, scheme: face.scheme, error: error), nil)
        case .otherShape:
            let map = layout.map(around: face.points, scheme: face.scheme)
            let other = others[Int(generator.next() % UInt64(others.count))]
            let shape = layout.map(around: other.points, scheme: other.scheme).inverse(other.points)
            return (map, map(shape))
        }
    }
}
