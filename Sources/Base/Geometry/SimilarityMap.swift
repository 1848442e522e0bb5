import Glibc

/// Turning, scaling and shifting: p → (a·x − b·y + tx, b·x + a·y + ty).
package struct SimilarityMap: Sendable, Equatable {
    package var a: Double
    package var b: Double
    package var tx: Double
    package var ty: Double

    package static let identity = SimilarityMap(a: 1, b: 0, tx: 0, ty: 0)

    package init(a: Double, b: Double, tx: Double, ty: Double) {
        (self.a, self.b, self.tx, self.ty) = (a, b, tx, ty)
    }

    /// Scaled by `scale` and turned by `angle` (radians; with y downwards, positive turns clockwise) about the origin, then
    /// shifted so that `from` comes to lie on `to`.
    package init(scale: Double, angle: Double, from: Point = .zero, to: Point = .zero) {
        let (a, b) = (scale * cos(angle), scale * sin(angle))
        self.init(a: a, b: b, tx: to.x - (a * from.x - b * from.y), ty: to.y - (b * from.x + a * from.y))
    }

    package var scale: Double { (a * a + b * b).squareRoot() }

    /// Radians, −π…π.
    package var angle: Double { atan2(b, a) }

    package func callAsFunction(_ p: Point) -> Point {
        Point(a * p.x - b * p.y + tx, b * p.x + a * p.y + ty)
    }

    package func callAsFunction(_ points: [Point]) -> [Point] { points.map { self($0) } }

    /// The map back. The scale must not be 0.
    package var inverse: SimilarityMap {
        let square = a * a + b * b
        let (ia, ib) = (a / square, -b / square)
        return SimilarityMap(a: ia, b: ib, tx: -(ia * tx - ib * ty), ty: -(ib * tx + ia * ty))
    }

    /// This map, and `next` after it.
    package func then(_ next: SimilarityMap) -> SimilarityMap {
        let shift = next(Point(tx, ty))
        return SimilarityMap(
            a: next.a * a - next.b * b, b: next.b * a + next.a * b, tx: shift.x, ty: shift.y)
    }
}

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
