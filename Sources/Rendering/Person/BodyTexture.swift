import Base

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
