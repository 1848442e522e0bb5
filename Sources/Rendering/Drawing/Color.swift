/// Y, Cb, Cr (0…255) and opacity (0…1), the first three multiplied by the fourth: what textures and canvases hold.
typealias Color = SIMD4<Float>

extension SIMD4<Float> {
    /// An opaque color.
    init(y: Float, cb: Float, cr: Float) { self.init(y, cb, cr, 1) }

    /// This color laid over `below`, with its opacity multiplied by `opacity`.
    func over(_ below: Color, opacity: Float = 1) -> Color {
        let above = self * opacity
        return below * (1 - above.w) + above
    }

    /// The same color in more or less light.
    func shaded(_ factor: Float) -> Color {
        let dark = Color(0, 128, 128, 1) * w
        return dark + (self - dark) * Color(factor, factor, factor, 1)
    }
}

/// 0 below `low`, 1 above `high`, and a smooth slope between them; `low` may be the larger, then it falls.
func ramp(_ low: Float, _ high: Float, _ value: Float) -> Float {
    let t = min(1, max(0, (value - low) / (high - low)))
    return t * t * (3 - 2 * t)
}
