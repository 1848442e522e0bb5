import FaceTracking
import Glibc

/// How often each face should be drawn, by how unlike the others its shape is: 1 for the median face.
///
/// A shape is compared in the crop that it lays itself: mean distance of its landmarks from the mean shape's, each in its own standard
/// deviations, and how unusually far eyes and mouth are open. `power` 0: all alike.
func rarityWeights(_ faces: [AnnotatedFace], scheme: LandmarkScheme, layout: CropLayout, power: Double) -> [Double] {
    guard power > 0, faces.count > 2 else { return [Double](repeating: 1, count: faces.count) }
    let shapes = faces.map { layout.map(around: $0.points, scheme: scheme).inverse($0.points) }
    var distances = [Double](repeating: 0, count: faces.count)
    for point in 0..<scheme.count {
        let places = shapes.map { $0[point] }
        let centre = places.centroid
        let spread = (places.reduce(0) { $0 + (($1 - centre) * ($1 - centre)).sum() } / Double(places.count))
            .squareRoot()
        guard spread > 0 else { continue }
        for (face, place) in places.enumerated() {
            distances[face] += (place - centre).length / spread / Double(scheme.count)
        }
    }
    for opening in scheme.openings {
        let widths = shapes.map { opening.width(of: $0) }
        let mean = widths.reduce(0, +) / Double(widths.count)
        let spread = (widths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(widths.count)).squareRoot()
        guard spread > 0 else { continue }
        for (face, width) in widths.enumerated() {
            distances[face] += abs(width - mean) / spread / Double(scheme.openings.count)
        }
    }
    let median = distances.sorted()[distances.count / 2]
    guard median > 0 else { return [Double](repeating: 1, count: faces.count) }
    return distances.map { min(4, max(0.25, pow($0 / median, power))) }
}
