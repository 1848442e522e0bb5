import Base
import Capture
import FaceTracking
import Rendering
import Samples

/// Writes what a report folder holds: each face's error (errors.csv), the cumulative curves (curve.png) and the worst
/// faces of each set (worst-SET.png). `folder` ends with a slash.
///
/// Throws `.cannotCreate` or `.inputOutput`.
package func writeEvaluation(_ results: [EvaluationRun.Result], folder: String) throws(LandmarkdError) {
    try writeFile(folder + "errors.csv", Array(errorTable(results).utf8))
    try Chart(curvesOf: results).write(to: folder + "curve.png")
    for result in results where result.report.start == .truth {
        try writePNG(worstFaces(result), to: "\(folder)worst-\(result.report.set).png")
    }
}

private func errorTable(_ results: [EvaluationRun.Result]) -> String {
    let passes = results.map(\.report.passes.count).max() ?? 0
    var text = "file,set,box," + (1...max(1, passes)).map { "pass_\($0)_percent" }.joined(separator: ",") + "\n"
    for result in results {
        for error in result.errors {
            let means = error.errors.indices.map { decimal(100 * error.mean(pass: $0), 4) }
            let face = result.faces.faces[error.face]
            text +=
                ([face.file, result.report.set, result.report.start.rawValue] + means).joined(separator: ",") + "\n"
        }
    }
    return text
}

/// The faces with the largest errors after the last pass: truth in green, the model in orange, the error in %.
private func worstFaces(_ result: EvaluationRun.Result) -> PixelBuffer {
    let (columns, rows, side) = (6, 4, 200)
    let sheet = PixelBuffer(width: columns * side, height: rows * side)
    let canvas = Canvas(sheet)
    canvas.fill(.black)
    let passes = result.report.passes.count
    let worst = result.errors.sorted { $0.mean(pass: passes - 1) > $1.mean(pass: passes - 1) }.prefix(columns * rows)
    for (place, error) in worst.enumerated() {
        let corner = Point(Double(place % columns * side), Double(place / columns * side))
        drawFace(result, error, pass: passes - 1, corner: corner, side: side, sheet, canvas)
    }
    return sheet
}

private func drawFace(
    _ result: EvaluationRun.Result, _ error: FaceErrors, pass: Int, corner: Point, side: Int, _ sheet: PixelBuffer,
    _ canvas: Canvas
) {
    let face = result.faces.faces[error.face]
    // A little more than the network sees, upright as the picture is.
    let box = Box(around: face.points)
    let scale = 1.7 * max(box.width, box.height)
    let frameFromTile = SimilarityMap(scale: scale, angle: 0, from: Point(0.5, 0.5), to: box.centre)
    paintCrop(result.faces.frame(of: error.face), frameFromTile, corner: corner, side: side, sheet)
    let tileFromFrame = frameFromTile.inverse
    let onSheet = { (points: [Point]) in tileFromFrame(points).map { $0 * Double(side) - 0.5 + corner } }
    canvas.dots(onSheet(face.points), radius: 1.6, Paint(60, 230, 90))
    canvas.dots(onSheet(error.points[pass]), radius: 1.6, Paint(255, 140, 20))
    let percent = decimal(100 * error.mean(pass: pass), 1)
    canvas.text("\(percent) %", at: corner + Point(6, 18), size: 11, halo: .black, .white)
}

/// Samples a part of the frame into a square of the sheet.
private func paintCrop(_ frame: Frame, _ frameFromTile: SimilarityMap, corner: Point, side: Int, _ sheet: PixelBuffer) {
    var crop = [Float](repeating: 0, count: side * side * 3)
    crop.withUnsafeMutableBufferPointer { CropSampler(side: side).sample(frame, frameFromTile, into: $0) }
    func level(_ value: Float, _ middle: Float, _ span: Float) -> UInt8 {
        UInt8(max(16, min(240, value * span + middle)))
    }
    for row in 0..<side {
        for column in 0..<side {
            let pixel = (row * side + column) * 3
            let (x, y) = (Int(corner.x) + column, Int(corner.y) + row)
            sheet.plane(0)[y * sheet.width + x] = level(crop[pixel], 125.5, 109.5)
            guard x.isMultiple(of: 2), y.isMultiple(of: 2) else { continue }
            sheet.plane(1)[y / 2 * sheet.chromaWidth + x / 2] = level(crop[pixel + 1], 128, 112)
            sheet.plane(2)[y / 2 * sheet.chromaWidth + x / 2] = level(crop[pixel + 2], 128, 112)
        }
    }
}
