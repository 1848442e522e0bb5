import Base
import Glibc

/// The head behind the face: hair, ears, and the skin that shows where the head turns.
///
/// In units of the outer-eye distance, from the centroid of the landmarks.
enum HeadTexture {
    static let low = Point(-1.45, -2.2)
    static let high = Point(1.45, 1.35)

    static func make(_ person: Person, complexion: Color) -> Texture {
        let density = 72.0
        let strands = SmoothNoise(seed: person.seed &+ 1)
        let size = (high - low) * density
        return Texture(width: Int(size.x), height: Int(size.y), density: density, origin: low) { x, y in
            var color = Color.zero
            let hair = hairColor(person, strands, x, y)
            if person.hair == .long { color = hair.over(color, opacity: curtain(strands, x, y)) }
            color = side(complexion, x, y).over(color)
            if person.hair == .short { color = ear(complexion, x, y).over(color) }
            return hair.over(color, opacity: cap(person, strands, x, y))
        }
    }

    /// Cheek and jaw seen from the side, darker than the face.
    private static func side(_ complexion: Color, _ x: Float, _ y: Float) -> Color {
        let dx = x / 0.88
        let dy = (y + 0.35) / 0.98
        let depth = 1 - (dx * dx + dy * dy).squareRoot()
        return complexion.shaded(0.74 + 0.2 * ramp(0, 0.4, depth)) * ramp(-0.01, 0.02, depth)
    }

    private static func ear(_ complexion: Color, _ x: Float, _ y: Float) -> Color {
        let dy = (y + 0.2) / 0.27
        let dx = (abs(x) - 0.9 + 0.05 * dy) / 0.115
        let depth = 1 - (dx * dx + dy * dy).squareRoot()
        let hollow = ramp(0.2, 0.55, depth)
        return complexion.shaded(0.86 - 0.24 * hollow) * ramp(-0.06, 0.12, depth)
    }

    /// Strands run from the crown outwards.
    private static func hairColor(_ person: Person, _ strands: SmoothNoise, _ x: Float, _ y: Float) -> Color {
        let (dx, dy) = (x, y + 1.75)
        let turn = atan2(dx, dy + 0.4) * 30
        let along = (dx * dx + dy * dy).squareRoot()
        let fine = strands(turn, along * 1.4) * 0.5 + strands(turn * 2.3 + 7, along * 2) * 0.35
        let wave = strands(x * 2 + 31, y * 1.5)
        let gloss = ramp(0.75, 0, abs(along - 0.5) / 0.55) * 0.55
        let paint = person.hairPaint
        let base = Color(y: Float(paint.x), cb: Float(paint.y), cr: Float(paint.z))
        return base.shaded(max(0.3, 0.85 + gloss + 0.3 * fine + 0.12 * wave))
    }

    /// Hair that falls behind the shoulders.
    private static func curtain(_ strands: SmoothNoise, _ x: Float, _ y: Float) -> Float {
        let half = 1.02 + 0.1 * ramp(-0.6, 0.8, y) + 0.05 * strands(y * 2, 5)
        let bottom = 1.12 + 0.1 * strands(x * 9, 3)
        return ramp(half + 0.02, half - 0.04, abs(x)) * ramp(bottom + 0.05, bottom - 0.1, y) * ramp(-0.9, -0.7, y)
    }

    /// Hair over the skull, down to the ears.
    private static func cap(_ person: Person, _ strands: SmoothNoise, _ x: Float, _ y: Float) -> Float {
        let dx = x / (person.hair == .long ? 1.08 : 1.0)
        let dy = (y + 0.74) / (y < -0.74 ? 1.2 : 1.5)
        let rough = strands(atan2(x, -(y + 0.74)) * 9, 1) * 0.012
        let skull = ramp(-0.012, 0.02, 1 - (dx * dx + dy * dy).squareRoot() + rough)
        let ends: Float = person.hair == .long ? 0.5 : -0.2
        let inner: Float = person.hair == .long ? 0.78 : 0.80
        let sides =
            ramp(ends + 0.1, ends - 0.1, y + 0.05 * strands(x * 14, 2)) * ramp(inner - 0.05, inner + 0.05, abs(x))
        let top = ramp(-0.5, -0.75, y)
        return skull * max(top, sides)
    }
}

/// Neck and shoulders, in units of the outer-eye distance, from the centroid of the landmarks.
enum BodyTexture {
    static let low = Point(-2.9, 0.2)
    static let high = Point(2.9, 5)

    static func make(_ person: Person, complexion: Color) -> Texture {
        let density = 48.0
        let folds = SmoothNoise(seed: person.seed &+ 2)
        let size = (high - low) * density
        return Texture(width: Int(size.x), height: Int(size.y), density: density, origin: low) { x, y in
            let shoulders = ramp(-0.02, 0.02, shoulderDepth(x, y))
            let collar = y - (1.82 - 0.42 * (x / 0.62) * (x / 0.62))
            let paint = person.clothPaint
            let shade = 1.02 + 0.16 * folds.fractal(x * 1.3, y * 0.8, octaves: 3) - 0.22 * ramp(1.2, 2.5, abs(x))
            let seam = 1 - 0.25 * ramp(0.09, 0.06, abs(collar - 0.05))
            let cloth = Color(y: Float(paint.x), cb: Float(paint.y), cr: Float(paint.z)).shaded(shade * seam)
            let bare = skin(complexion, x, y) * max(shoulders, neck(x, y))
            return cloth.over(bare, opacity: ramp(-0.015, 0.015, collar) * shoulders)
        }
    }

    /// In the shadow of the chin at the top.
    private static func skin(_ complexion: Color, _ x: Float, _ y: Float) -> Color {
        complexion.shaded(0.5 + 0.36 * ramp(0.85, 1.5, y) - 0.16 * ramp(0.2, 0.6, abs(x)))
    }

    private static func neck(_ x: Float, _ y: Float) -> Float {
        let half = 0.52 + 0.16 * ramp(1.1, 1.75, y) + 0.03 * ramp(0.6, 0.2, y)
        return ramp(half + 0.02, half - 0.02, abs(x)) * ramp(0.25, 0.4, y)
    }

    /// Positive inside.
    private static func shoulderDepth(_ x: Float, _ y: Float) -> Float {
        let across = abs(x)
        let slope = 1.44 + 0.3 * ramp(0.3, 1.9, across)
        let rounding = across > 1.3 ? (across - 1.3) * (across - 1.3) * 0.9 : 0
        guard across < 2.7 else { return 2.7 - across }
        return y - slope - rounding
    }
}

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
