import Base
import FaceTracking
import Glibc

/// Draws indices in proportion to weights.
struct WeightedOrder: Sendable {
    /// Sums of the weights, the last one 1.
    private let cumulative: [Double]

    init(_ weights: [Double]) {
        var sum = 0.0
        let sums = weights.map { weight in
            sum += max(0, weight)
            return sum
        }
        precondition(sum > 0, "all weights are 0")
        cumulative = sums.map { $0 / sum }
    }

    func draw(_ random: inout SplitMix64) -> Int {
        let target = random.uniform()
        return min(cumulative.count - 1, cumulative.partitioningIndex { $0 > target })
    }
}

extension [Double] {
    /// First index whose element satisfies `condition`, where all after it do.
    package func partitioningIndex(_ condition: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// Sampling weight of each face by how unusual its shape is: 1 for the median face.
///
/// Shapes are compared in their own crops: mean distance of the landmarks from the mean shape's, each in its standard
/// deviations, and how unusual the openings of eyes and mouth are. `power` 0: all weights are 1.
func rarityWeights(_ faces: [AnnotatedFace], scheme: LandmarkScheme, layout: CropLayout, power: Double) -> [Double] {
    guard power > 0, faces.count > 2 else { return [Double](repeating: 1, count: faces.count) }
    let shapes = faces.map { layout.frameFromCrop(around: $0.points, scheme: scheme).inverse($0.points) }
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
