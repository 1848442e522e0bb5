import Base
import Capture
import FaceTracking

/// Share of faces below each error, after the last pass of each evaluation, as a picture.
struct ErrorCurve {
    private static let widest = 10.0
    private static let size = (width: 900, height: 600)
    private let lines: [(name: String, errors: [Double])]

    init(_ results: [EvaluationRun.Result]) {
        lines = results.map { result in
            let last = result.report.passes.count - 1
            let errors = result.errors.map { 100 * $0.mean(pass: last) }.sorted()
            return ("\(result.report.set), \(result.report.start.words)", errors)
        }
    }

    func picture() -> PixelBuffer {
        let picture = PixelBuffer(width: Self.size.width, height: Self.size.height)
        let canvas = Canvas(picture)
        canvas.fill(.white)
        drawAxes(canvas)
        for (index, line) in lines.enumerated() {
            let paint = Paint.series[index % Paint.series.count]
            canvas.polyline(staircase(line.errors), width: 2.5, paint)
            let place = Point(520, 480 - 26 * Double(lines.count - 1 - index))
            canvas.line(from: place + Point(-36, -5), to: place + Point(-8, -5), width: 4, paint)
            canvas.text(line.name, at: place, size: 11, .black)
        }
        return picture
    }

    private func place(error: Double, share: Double) -> Point {
        Point(80 + 780 * error / Self.widest, 530 - 490 * share)
    }

    private func staircase(_ errors: [Double]) -> [Point] {
        var points = [place(error: 0, share: 0)]
        for (index, error) in errors.enumerated() where error <= Self.widest {
            points.append(place(error: error, share: Double(index) / Double(errors.count)))
            points.append(place(error: error, share: Double(index + 1) / Double(errors.count)))
        }
        let reached = errors.count { $0 <= Self.widest }
        points.append(place(error: Self.widest, share: Double(reached) / Double(max(1, errors.count))))
        return points
    }

    private func drawAxes(_ canvas: Canvas) {
        let faint = Paint(225, 228, 232)
        for error in stride(from: 0, through: Self.widest, by: 2) {
            canvas.line(from: place(error: error, share: 0), to: place(error: error, share: 1), width: 1, faint)
            canvas.text(
                "\(Int(error))", at: place(error: error, share: 0) + Point(0, 24), size: 11, align: .centre, .black)
        }
        for share in stride(from: 0, through: 1, by: 0.2) {
            canvas.line(
                from: place(error: 0, share: share), to: place(error: Self.widest, share: share), width: 1, faint)
            canvas.text(
                "\(Int((share * 100).rounded())) %", at: place(error: 0, share: share) + Point(-10, 5), size: 11,
                align: .right, .black)
        }
        canvas.text(
            "mean error of a face in % of the outer-eye distance",
            at: place(error: Self.widest / 2, share: 0) + Point(0, 56),
            size: 12, align: .centre, .black)
        canvas.text("faces below that error", at: Point(20, 24), size: 12, .black)
    }
}
