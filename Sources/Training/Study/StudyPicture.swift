import Base
import Capture
import Glibc
import Rendering

extension StudyTable {
    private static let size = Point(960, 600)
    private static let low = Point(70, 60)
    private static let high = Point(900, 530)

    /// Error after the last trained pass over multiply-adds, a dot for each recipe. Throws `.cannotCreate` or `.inputOutput`.
    package func drawPicture(to path: String) throws(LandmarkdError) {
        let picture = PixelBuffer(width: Int(Self.size.x), height: Int(Self.size.y), chromaShift: (0, 0))
        let canvas = Canvas(picture, fullRange: true)
        canvas.fill(.white)
        canvas.text(
            "held-back error in % of the eye distance over multiply-adds of a tracked frame",
            at: Point(Self.size.x / 2, 28), size: 14, align: .centre, .black)
        draw(on: canvas)
        canvas.rectangle(from: Self.low, to: Self.high, width: 1.5, .black)
        canvas.text(
            "million multiply-adds", at: Point(Self.size.x / 2, Self.size.y - 20), size: 11, align: .centre, .black)
        try writePNG(picture, to: path, fullRange: true)
    }

    private func draw(on canvas: Canvas) {
        let places = results.map { Point(Double($0.multiplyAdds) / 1e6, $0.errors.min() ?? 0) }
        guard !places.isEmpty else { return }
        let box = Box(around: places)
        let margin = Point(max(1, 0.12 * box.width), max(0.05, 0.12 * box.height))
        let (least, most) = (box.low - margin, box.high + margin)
        func place(_ p: Point) -> Point {
            let share = (p - least) / (most - least)
            return Point(
                Self.low.x + share.x * (Self.high.x - Self.low.x), Self.high.y - share.y * (Self.high.y - Self.low.y))
        }
        for tick in ticks(least.x, most.x) {
            let x = place(Point(tick, least.y)).x
            canvas.line(from: Point(x, Self.low.y), to: Point(x, Self.high.y), width: 1, .grey.opacity(0.3))
            canvas.text(decimal(tick, 0), at: Point(x, Self.high.y + 20), size: 10, align: .centre, .black)
        }
        for tick in ticks(least.y, most.y) {
            let y = place(Point(least.x, tick)).y
            canvas.line(from: Point(Self.low.x, y), to: Point(Self.high.x, y), width: 1, .grey.opacity(0.3))
            canvas.text(decimal(tick, 2), at: Point(Self.low.x - 8, y + 4), size: 10, align: .right, .black)
        }
        var taken: [Point] = []
        for (result, point) in zip(results, places) {
            let at = place(point)
            canvas.dot(at, radius: 4, Paint.series[0])
            // Names that would lie on each other go below.
            var label = at + Point(8, 4)
            while taken.contains(where: { abs($0.y - label.y) < 11 && abs($0.x - label.x) < 90 }) { label.y += 11 }
            taken.append(label)
            canvas.text(result.name, at: label, size: 9, .black)
        }
    }

    /// Four to ten values at 1, 2 or 5 times a power of ten.
    private func ticks(_ low: Double, _ high: Double) -> [Double] {
        let power = pow(10, floor(log10((high - low) / 5)))
        let step = [1, 2, 5, 10].map { $0 * power }.first { (high - low) / $0 <= 8 } ?? high - low
        return Array(stride(from: (low / step).rounded(.up) * step, through: high, by: step))
    }
}
