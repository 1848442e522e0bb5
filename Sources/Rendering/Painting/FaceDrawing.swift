import Base
import FaceTracking

/// How a followed face is drawn on a picture.
package enum FaceDrawing {
    /// Runs of landmarks that lines join, closed ones told; empty where the meaning of the points is not known.
    private static func runs(pointCount: Int) -> [(points: Range<Int>, isClosed: Bool)] {
        guard pointCount == 68 else { return [] }
        return [
            (0..<17, false), (17..<22, false), (22..<27, false), (27..<31, false), (31..<36, false),
            (36..<42, true), (42..<48, true), (48..<60, true), (60..<68, true),
        ]
    }

    /// Lines, a dot for each landmark, the corners of the box, and the face's number with its confidence in %.
    package static func draw(_ face: TrackedFace, on canvas: Canvas) {
        let paint = Paint.series[(max(1, face.id) - 1) % Paint.series.count]
        let size = max(face.box.width, face.box.height)
        let width = max(1, size / 130)
        let lines = runs(pointCount: face.points.count).map { run in
            let points = Array(face.points[run.points])
            return run.isClosed ? points + points.prefix(1) : points
        }
        canvas.polylines(corners(of: face.box, size: size), width: width, paint.opacity(0.6))
        canvas.polylines(lines, width: width, paint.opacity(0.75))
        canvas.dots(face.points, radius: width * 1.1, .white.opacity(0.9))
        let percent = face.confidence.map { "  \(Int((100 * $0).rounded())) %" } ?? ""
        let text = "\(face.id)\(percent)"
        let place = Point(face.box.low.x, face.box.low.y - size * 0.3)
        canvas.label(text, at: pointwiseMax(place, Point(4, 30)), size: max(7, min(16, size / 14)), paint)
    }

    /// The frame's time in seconds, at the picture's lower left.
    package static func draw(time: Double, on canvas: Canvas, height: Int) {
        canvas.label("\(decimal(time, 2)) s", at: Point(8, Double(height) - 12), size: 10, .white)
    }

    /// Four angles a little outside the box: they tell its size and cover nothing.
    private static func corners(of box: Box, size: Double) -> [[Point]] {
        let (low, high) = (box.low - size * 0.08, box.high + size * 0.08)
        let arm = size * 0.1
        return [(low.x, low.y, 1.0, 1.0), (high.x, low.y, -1, 1), (high.x, high.y, -1, -1), (low.x, high.y, 1, -1)].map
        {
            x, y, right, down in
            [Point(x + right * arm, y), Point(x, y), Point(x, y + down * arm)]
        }
    }
}
