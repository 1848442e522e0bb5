import Base

extension Canvas {
    /// Where text is put by its given point's x.
    package enum Alignment: Sendable { case left, centre, right }

    /// Width in pixels of a line of text whose capitals are `size` pixels high.
    package static func textWidth(_ text: String, size: Double) -> Double {
        let widths = text.map { StrokeFont.glyph($0).width + StrokeFont.gap }.reduce(0, +)
        return max(0, widths - StrokeFont.gap) * size / StrokeFont.capitalHeight
    }

    /// One line of text; `at` is the left, middle or right end of the line that it stands on, `size` the height of its
    /// capitals in pixels. A `halo` keeps it readable on any picture.
    package func text(
        _ text: String, at: Point, size: Double, align: Alignment = .left, weight: Double = 0.13, halo: Paint? = nil,
        _ paint: Paint
    ) {
        let shift =
            switch align {
            case .left: 0.0
            case .centre: Self.textWidth(text, size: size) / 2
            case .right: Self.textWidth(text, size: size)
            }
        let strokes = Self.strokes(text, at: at - Point(shift, 0), size: size)
        let width = max(1, size * weight)
        if let halo {
            for stroke in strokes { addStroke(stroke, closed: false, width: width + max(2, size * 0.25)) }
            lay(halo)
        }
        for stroke in strokes { addStroke(stroke, closed: false, width: width) }
        lay(paint)
    }

    /// Text on a plate with round corners whose lower left corner is `at`; gives the plate's size.
    @discardableResult public func label(
        _ text: String, at: Point, size: Double, _ paint: Paint, plate: Paint = .black.opacity(0.6)
    ) -> Point {
        let margin = size * 0.55
        let plateSize = Point(Self.textWidth(text, size: size) + 2 * margin, size + 2 * margin)
        let corner = at + Point(plateSize.x, -plateSize.y)
        fillRectangle(from: at, to: corner, cornerRadius: size * 0.4, plate)
        self.text(text, at: at + Point(margin, -margin), size: size, paint)
        return plateSize
    }

    private static func strokes(_ text: String, at: Point, size: Double) -> [[Point]] {
        let unit = size / StrokeFont.capitalHeight
        var (strokes, x) = ([[Point]](), 0.0)
        for character in text {
            let glyph = StrokeFont.glyph(character)
            strokes += glyph.strokes.map { stroke in
                stroke.map { at + ($0 + Point(x, -StrokeFont.capitalHeight)) * unit }
            }
            x += glyph.width + StrokeFont.gap
        }
        return strokes
    }
}
