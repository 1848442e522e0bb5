extension SimilarityMap {
    /// The map that brings `from` nearest to `to` in the sense of least squares; equally many points, at least one.
    ///
    /// Points that all coincide give a pure shift. Source: Umeyama 1991, in closed form for the plane.
    package static func fit(from: [Point], to: [Point]) -> SimilarityMap {
        precondition(from.count == to.count && !from.isEmpty, "fit: \(from.count) points to \(to.count)")
        let (centre, target) = (from.centroid, to.centroid)
        var (dot, cross, square) = (0.0, 0.0, 0.0)
        for (p, q) in zip(from, to) {
            let (p, q) = (p - centre, q - target)
            dot += p.x * q.x + p.y * q.y
            cross += p.x * q.y - p.y * q.x
            square += p.x * p.x + p.y * p.y
        }
        let (a, b) = square > 0 ? (dot / square, cross / square) : (1, 0)
        return SimilarityMap(
            a: a, b: b, tx: target.x - (a * centre.x - b * centre.y), ty: target.y - (b * centre.x + a * centre.y))
    }
}
