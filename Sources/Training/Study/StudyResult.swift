import Base
import Capture
import Evaluation
import Glibc
import Rendering
import Samples

/// Result of one recipe.
package struct StudyResult: Sendable {
    package var name: String
    /// What the variant changes, in the recipe's words.
    package var words: String
    package var samples: Int
    package var parameters: Int
    /// Multiply-adds of a tracked frame: features and one pass.
    package var multiplyAdds: Int
    /// Samples a second of the training run, median; nil where its log is gone.
    package var samplesPerSecond: Double?
    /// Processor ms of a tracked frame's crop, features and one pass, by the kernels' name; the least of several.
    package var milliseconds: [(kernels: String, value: Double)]
    /// Mean error after each pass in % of the eye distance, on held-back faces.
    package var errors: [Double]
    /// Faces turned by more than `turnedFrom` degrees: number, mean error, and % of them over 8 %; after the last trained pass.
    package var turned: YawClass?
    package var eyes: OpeningSummary?
    package var faces: Int
}

/// The study's table and its picture.
package struct StudyTable: Sendable {
    package let results: [StudyResult]

    package init(_ results: [StudyResult]) { self.results = results }

    /// As in Markdown, with a line about what the columns are.
    package var markdown: String {
        guard let first = results.first else { return "" }
        let kernels = first.milliseconds.map { "ms (\($0.kernels))" }
        let passes = first.errors.indices.map { "pass \($0 + 1) %" }
        var header = ["recipe", "what", "parameters", "multiply-adds", "samples", "samples/s"]
        header += kernels + passes + ["over 35° %", "shut eyes", "AUC"]
        var lines = [row(header), row(header.map { _ in "---" })]
        lines += results.map { row(cells($0)) }
        let turned = first.turned.map { "\($0.count)" } ?? "no"
        let shut = first.eyes.map { "\($0.shut.count), true opening \(decimal($0.shut.truth, 3))" } ?? "none"
        return lines.joined(separator: "\n") + "\n\n"
            + "Multiply-adds and processor ms of a tracked frame (crop, features, one pass); held-back error in % of the eye distance "
            + "on \(first.faces) faces; error of the \(turned) of them turned by more than 35°, and in brackets % of these over 8 %; "
            + "mean measured opening of shut eyes (\(shut)), and AUC for separating them from the others.\n"
    }

    private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    private func cells(_ result: StudyResult) -> [String] {
        let turned = result.turned.map { "\(decimal($0.mean, 2)) (\(decimal($0.failureRate, 0)))" } ?? ""
        let words = result.words.replacing("|", with: "/")
        let parameters = decimal(Double(result.parameters) / 1e6, 2) + " M"
        let multiplyAdds = decimal(Double(result.multiplyAdds) / 1e6, 1) + " M"
        let rate = result.samplesPerSecond.map { decimal($0, 0) } ?? ""
        var cells = ["`\(result.name)`", words, parameters, multiplyAdds, "\(result.samples)", rate]
        cells += result.milliseconds.map { decimal($0.value, 2) }
        cells += result.errors.map { decimal($0, 2) }
        cells += [turned, result.eyes.map { decimal($0.shut.found, 3) } ?? ""]
        cells.append(result.eyes?.areaUnderCurve.map { decimal($0, 3) } ?? "")
        return cells
    }

    private static let marks = (begin: "<!-- study: begin -->", end: "<!-- study: end -->")

    /// Replaces what stands between the marks in a document.
    ///
    /// Throws as `requirePlace`, and what writing throws.
    package func write(into path: String, picture: String) throws(LandmarkdError) {
        let (before, after) = try Self.textAround(marksIn: path)
        let body = "\n\(markdown)\n![Error over multiply-adds](\(picture))\n"
        try writeFile(path, Array((before + body + after).utf8))
    }

    /// Throws `.usage` where a document's name is not one of Markdown, `.unusableData` where the marks are missing, and
    /// what reading throws: better before a study of days than after it.
    package static func requirePlace(in path: String) throws(LandmarkdError) {
        try requireEnding(of: path, among: ["md", "markdown"], "the table is written as Markdown")
        _ = try textAround(marksIn: path)
    }

    private static func textAround(
        marksIn path: String
    ) throws(LandmarkdError) -> (before: Substring, after: Substring) {
        let text = String(decoding: try readFile(path, atMost: 1 << 22), as: UTF8.self)
        guard let begin = text.ranges(of: marks.begin).first, let end = text.ranges(of: marks.end).first,
            begin.upperBound <= end.lowerBound
        else {
            throw LandmarkdError(
                .unusableData, "\(path): no marks for the table",
                remedy: "write a line '\(marks.begin)' and a line '\(marks.end)' where it belongs")
        }
        return (text[..<begin.upperBound], text[end.lowerBound...])
    }
}

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
