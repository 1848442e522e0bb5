import FaceTracking

extension LandmarkScheme {
    /// What each landmark's error counts, 1 on average: in proportion to one over the size of its own part, so that a lid's error
    /// counts in eyes and not in faces. All 1 where the scheme knows no regions.
    ///
    /// - Parameter strength: 0: all alike, 1: fully by size.
    func partWeights(strength: Double) -> [Float] {
        var weights = [Double](repeating: 1, count: count)
        guard strength > 0, !openings.isEmpty else { return weights.map { Float($0) } }
        // An eye is about a third as wide as the outer corners are apart, a mouth about six tenths.
        for opening in openings {
            let factor = opening.part == .eyes ? 3.0 : 1.6
            for lid in opening.lids {
                for index in [lid.upper, lid.lower] { weights[index] = 1 + strength * (factor - 1) }
            }
        }
        let mean = weights.reduce(0, +) / Double(count)
        return weights.map { Float($0 / mean) }
    }
}
