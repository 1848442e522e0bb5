import Base

/// Measures over time: panels one below the other, which share the time axis.
package struct TimeChart: Sendable {
    /// Values of one measure; not finite where there is none, which leaves a gap.
    package struct Line: Sendable {
        /// In the panel's legend; empty for none.
        package var name: String
        /// Place in the row of colours.
        package var colour: Int
        package var points: [Point]

        package init(name: String = "", colour: Int, points: [Point]) {
            (self.name, self.colour, self.points) = (name, colour, points)
        }
    }

    package struct Panel: Sendable {
        /// What is shown, with its unit.
        package var title: String
        package var lines: [Line]
        /// Where the axis begins and ends at least.
        package var range: ClosedRange<Double>
        /// Spans of time that are marked over the panel's full height, in the colours of their lines.
        package var marks: [(colour: Int, span: ClosedRange<Double>)] = []

        package init(title: String, lines: [Line], range: ClosedRange<Double>) {
            (self.title, self.lines, self.range) = (title, lines, range)
        }
    }

    package var title: String
    /// Below the title.
    package var note: String
    /// Names and colours that all panels share.
    package var legend: [(name: String, colour: Int)] = []
    /// Seconds.
    package var span: ClosedRange<Double>
    package var panels: [Panel]

    package init(title: String, note: String, span: ClosedRange<Double>, panels: [Panel]) {
        (self.title, self.note, self.span, self.panels) = (title, note, span, panels)
    }

    /// Colours that can be told apart on white, also by people who see red and green alike.
    /// Source: Okabe and Ito 2008, "Color universal design", without black and yellow.
    static let colours = [
        Paint(0, 114, 178), Paint(213, 94, 0), Paint(0, 158, 115), Paint(204, 121, 167), Paint(86, 180, 233),
        Paint(230, 159, 0),
    ]

    package static func colour(_ place: Int) -> Paint { colours[place % colours.count] }

    private static let width = 1280.0
    private static let left = 74.0
    private static let right = 1256.0
    private static let top = 84.0
    private static let panelHeight = 132.0
    private static let gap = 34.0
    private static let bottom = 46.0

    /// The chart in full-range Y, Cb and Cr.
    package func picture() -> PixelBuffer {
        let height = Self.top + Double(panels.count) * (Self.panelHeight + Self.gap) - Self.gap + Self.bottom
        let picture = PixelBuffer(width: Int(Self.width), height: Int(height), chromaShift: (0, 0))
        let canvas = Canvas(picture, fullRange: true)
        canvas.fill(.white)
        canvas.text(title, at: Point(Self.left, 28), size: 15, .black)
        canvas.text(note, at: Point(Self.left, 48), size: 10, .grey)
        drawLegend(legend, right: Self.right, baseline: 28, size: 11, on: canvas)
        let across = AxisScale(seconds: span, count: 12)
        for (index, panel) in panels.enumerated() {
            let y = Self.top + Double(index) * (Self.panelHeight + Self.gap)
            PanelDrawing(
                panel: panel, across: across, low: Point(Self.left, y),
                high: Point(Self.right, y + Self.panelHeight)
            ).draw(on: canvas)
            drawLegend(
                panel.lines.filter { !$0.name.isEmpty }.map { ($0.name, $0.colour) }, right: Self.right,
                baseline: y - 7, size: 9, on: canvas)
        }
        for tick in across.ticks {
            let x = Self.left + across.share(tick) * (Self.right - Self.left)
            canvas.text(
                across.timeLabel(tick), at: Point(x, height - Self.bottom + 17), size: 9, align: .centre, .black)
        }
        canvas.text(
            span.upperBound - span.lowerBound > 120 ? "time" : "time, seconds",
            at: Point((Self.left + Self.right) / 2, height - 10), size: 10, align: .centre, .black)
        return picture
    }

    /// Names in their colours, ending at `right`.
    private func drawLegend(
        _ names: [(name: String, colour: Int)], right: Double, baseline: Double, size: Double, on canvas: Canvas
    ) {
        var x = right
        for (name, colour) in names.reversed() {
            canvas.text(
                name, at: Point(x, baseline), size: size, align: .right, weight: 0.16, Self.colour(colour))
            x -= Canvas.textWidth(name, size: size) + 2 * size
        }
    }
}

/// One panel between the corners `low` and `high`, in pixels.
private struct PanelDrawing {
    let panel: TimeChart.Panel
    let across: AxisScale
    let low: Point
    let high: Point

    private var up: AxisScale {
        var (bottom, top) = (panel.range.lowerBound, panel.range.upperBound)
        for line in panel.lines {
            for point in line.points where abs(point.y) < 1e12 {
                (bottom, top) = (min(bottom, point.y), max(top, point.y))
            }
        }
        // A line along the edge would look like a part of the frame.
        let margin = 0.05 * (top - bottom)
        return AxisScale(low: bottom - (bottom == 0 ? 0 : margin), high: top + margin, count: 4)
    }

    func draw(on canvas: Canvas) {
        let up = up
        for tick in across.ticks {
            canvas.line(from: Point(x(tick), low.y), to: Point(x(tick), high.y), width: 1, .grey.opacity(0.22))
        }
        for tick in up.ticks {
            let y = y(tick, up)
            canvas.line(
                from: Point(low.x, y), to: Point(high.x, y), width: 1, .grey.opacity(tick == 0 ? 0.6 : 0.22))
            canvas.text(up.label(tick), at: Point(low.x - 8, y + 4), size: 9, align: .right, .black)
        }
        canvas.rectangle(from: low, to: high, width: 1, .black)
        for mark in panel.marks {
            // At least two pixels: a blink of an hour's recording is narrower.
            let (start, end) = (x(mark.span.lowerBound), x(mark.span.upperBound))
            let widened = max(0, 2 - (end - start)) / 2
            canvas.fillRectangle(
                from: Point(start - widened, low.y), to: Point(end + widened, high.y),
                TimeChart.colour(mark.colour).opacity(0.25))
        }
        for line in panel.lines { draw(line, up, on: canvas) }
        canvas.text(panel.title, at: Point(low.x, low.y - 7), size: 10, .black)
    }

    private func draw(_ line: TimeChart.Line, _ up: AxisScale, on canvas: Canvas) {
        var (strokes, dots): ([[Point]], [Point]) = ([], [])
        for run in line.points.split(whereSeparator: { !($0.x.isFinite && $0.y.isFinite) }) {
            let places = thinned(run.map { Point(x($0.x), y($0.y, up)) })
            if places.count > 1 { strokes.append(places) } else { dots += places }
        }
        canvas.polylines(strokes, width: 1.4, TimeChart.colour(line.colour))
        canvas.dots(dots, radius: 1.6, TimeChart.colour(line.colour))
    }

    /// First, lowest, highest and last of the points in a column of pixels: they draw the same.
    private func thinned(_ points: [Point]) -> [Point] {
        guard points.count > Int(high.x - low.x) else { return points }
        var kept: [Point] = []
        var column: [Point] = []
        func close() {
            guard let first = column.first, let last = column.last else { return }
            let lowest = column.min { $0.y < $1.y } ?? first
            let highest = column.max { $0.y < $1.y } ?? first
            kept += [first, lowest, highest, last]
            column.removeAll(keepingCapacity: true)
        }
        for point in points {
            if let first = column.first, Int(first.x) != Int(point.x) { close() }
            column.append(point)
        }
        close()
        return kept
    }

    private func x(_ time: Double) -> Double { low.x + across.share(time) * (high.x - low.x) }

    private func y(_ value: Double, _ up: AxisScale) -> Double { high.y - up.share(value) * (high.y - low.y) }
}
