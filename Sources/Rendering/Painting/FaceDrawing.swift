import Base
import FaceTracking

/// How a followed face is drawn on a picture.
package enum FaceDrawing {
    /// Lines, a dot for each landmark, the corners of the box, and the face's number with its confidence in %.
    ///
    /// - Parameter runs: landmarks that lines join, as `LandmarkScheme.lines`.
    package static func draw(_ face: TrackedFace, lines runs: [[Int]], on canvas: Canvas) {
        let paint = Paint.series[(max(1, face.id) - 1) % Paint.series.count]
        let size = max(face.box.width, face.box.height)
        let width = max(1, size / 130)
        let lines = runs.map { $0.map { face.points[$0] } }
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
