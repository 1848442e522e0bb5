import Base
import Capture
import Rendering

/// A line chart as a picture.
package struct Chart {
    /// A line; where `ownScale`, its values are read on the right.
    package struct Series {
        var name: String
        var points: [Point]
        var ownScale: Bool

        package init(name: String, points: [Point], ownScale: Bool = false) {
            (self.name, self.points, self.ownScale) = (name, points, ownScale)
        }
    }

    package var title: String
    package var horizontal: String
    package var series: [Series]
    /// Names stand at the lower right one below the other, instead of above the chart.
    package var isLegendLow: Bool

    package init(title: String, horizontal: String, series: [Series], isLegendLow: Bool = false) {
        (self.title, self.horizontal, self.series, self.isLegendLow) = (title, horizontal, series, isLegendLow)
    }

    private static let size = Point(960, 520)
    private static let low = Point(70, 60)
    private static let high = Point(890, 460)

    /// Writes a PNG. Throws `.cannotCreate` or `.inputOutput`.
    package func write(to path: String) throws(LandmarkdError) {
        let picture = PixelBuffer(width: Int(Self.size.x), height: Int(Self.size.y), chromaShift: (0, 0))
        draw(on: Canvas(picture, fullRange: true))
        try writePNG(picture, to: path, fullRange: true)
    }

    private func draw(on canvas: Canvas) {
        canvas.fill(.white)
        canvas.text(title, at: Point(Self.size.x / 2, 28), size: 15, align: .centre, .black)
        let across = AxisScale(series.flatMap { $0.points.map(\.x) })
        canvas.text(horizontal, at: Point(Self.size.x / 2, Self.size.y - 14), size: 11, align: .centre, .black)
        for tick in across.ticks {
            let x = Self.low.x + across.share(tick) * (Self.high.x - Self.low.x)
            canvas.line(from: Point(x, Self.low.y), to: Point(x, Self.high.y), width: 1, .grey.opacity(0.3))
            canvas.text(across.label(tick), at: Point(x, Self.high.y + 20), size: 10, align: .centre, .black)
        }
        drawGroup(series.filter { !$0.ownScale }, across, on: canvas, colours: 0)
        drawGroup(series.filter(\.ownScale), across, on: canvas, colours: series.count { !$0.ownScale })
        canvas.rectangle(from: Self.low, to: Self.high, width: 1.5, .black)
    }

    private func drawGroup(_ group: [Series], _ across: AxisScale, on canvas: Canvas, colours: Int) {
        guard !group.isEmpty else { return }
        let up = AxisScale(group.flatMap { $0.points.map(\.y) })
        let right = group[0].ownScale
        for tick in up.ticks {
            let y = Self.high.y - up.share(tick) * (Self.high.y - Self.low.y)
            canvas.line(from: Point(Self.low.x, y), to: Point(Self.high.x, y), width: 1, .grey.opacity(right ? 0 : 0.3))
            let at = right ? Point(Self.high.x + 8, y + 4) : Point(Self.low.x - 8, y + 4)
            canvas.text(up.label(tick), at: at, size: 10, align: right ? .left : .right, .black)
        }
        for (index, line) in group.enumerated() {
            let paint = Paint.series[(colours + index) % Paint.series.count]
            let places = line.points.map { point in
                Point(
                    Self.low.x + across.share(point.x) * (Self.high.x - Self.low.x),
                    Self.high.y - up.share(point.y) * (Self.high.y - Self.low.y))
            }
            if places.count > 1 {
                canvas.polyline(places, width: 2, paint)
            } else {
                canvas.dots(places, radius: 3, paint)
            }
            let place =
                isLegendLow
                ? Point(Self.high.x - 16, Self.high.y - 12 - 18 * Double(series.count - 1 - colours - index))
                : Point(Self.low.x + 200 * Double(colours + index), Self.low.y - 8)
            canvas.text(line.name, at: place, size: 11, align: isLegendLow ? .right : .left, paint)
        }
    }
}
