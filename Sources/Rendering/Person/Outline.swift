import Base
import Glibc

/// A closed curve around a centre, given by points in order of their angle: smooth between them.
struct Outline {
    private static let steps = 512
    private let center: Point
    private let radii: [Float]

    /// `points`: at least four, at different angles around `center`.
    init(center: Point, through points: [Point]) {
        self.center = center
        let polar = points.map { ($0 - center).polar }.sorted { $0.angle < $1.angle }
        radii = (0..<Self.steps).map { step in
            Float(Self.radius(at: 2 * .pi * Double(step) / Double(Self.steps), polar))
        }
    }

    /// How far a position lies inside; negative outside.
    func depth(_ x: Float, _ y: Float) -> Float {
        let (dx, dy) = (x - Float(center.x), y - Float(center.y))
        let turn = atan2(dy, dx) / (2 * .pi) * Float(Self.steps)
        let place = turn < 0 ? turn + Float(Self.steps) : turn
        let (low, share) = (Int(place), place - place.rounded(.down))
        let radius = radii[low % Self.steps] * (1 - share) + radii[(low + 1) % Self.steps] * share
        return radius - (dx * dx + dy * dy).squareRoot()
    }

    /// Cubic between neighbours (Catmull and Rom), around the circle.
    private static func radius(at angle: Double, _ polar: [(angle: Double, radius: Double)]) -> Double {
        let count = polar.count
        let next = polar.firstIndex { $0.angle > angle } ?? count
        func knot(_ index: Int) -> (angle: Double, radius: Double) {
            let wrapped = ((index % count) + count) % count
            let turns = Double((index - wrapped) / count)
            return (polar[wrapped].angle + 2 * .pi * turns, polar[wrapped].radius)
        }
        let (a, b, c, d) = (knot(next - 2), knot(next - 1), knot(next), knot(next + 1))
        let width = c.angle - b.angle
        let t = (angle - b.angle) / width
        let leaving = (c.radius - a.radius) / (c.angle - a.angle) * width
        let arriving = (d.radius - b.radius) / (d.angle - b.angle) * width
        let (t2, t3) = (t * t, t * t * t)
        return (2 * t3 - 3 * t2 + 1) * b.radius + (t3 - 2 * t2 + t) * leaving + (3 * t2 - 2 * t3) * c.radius
            + (t3 - t2) * arriving
    }
}

extension Point {
    /// Angle in 0..<2π and length.
    fileprivate var polar: (angle: Double, radius: Double) {
        let angle = atan2(y, x)
        return (angle < 0 ? angle + 2 * .pi : angle, length)
    }
}
