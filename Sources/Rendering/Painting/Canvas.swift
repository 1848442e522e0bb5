import Base
import FaceTracking

/// Draws smooth dots, lines, shapes and text on a picture, for overlays, sheets and curves.
///
/// Coordinates are pixels, (0, 0) the centre of the first one. What lies outside the picture is cut off; points that are
/// not finite draw nothing.
package final class Canvas {  // thread-bound
    package let picture: PixelBuffer
    let fullRange: Bool
    let mask: CoverageMask

    /// Draws on `picture`, whose samples span all values (`fullRange`) or 16…235.
    package init(_ picture: PixelBuffer, fullRange: Bool = false) {
        (self.picture, self.fullRange) = (picture, fullRange)
        mask = CoverageMask(width: picture.width, height: picture.height)
    }

    /// The whole picture in one colour.
    package func fill(_ paint: Paint) {
        let size = Point(Double(picture.width), Double(picture.height))
        addBox(from: Point(-1, -1), to: size, cornerRadius: 0)
        lay(paint)
    }

    package func dot(_ centre: Point, radius: Double, _ paint: Paint) {
        dots([centre], radius: radius, paint)
    }

    /// Discs, united: where they overlap, a see-through colour does not add up.
    package func dots(_ centres: [Point], radius: Double, _ paint: Paint) {
        for centre in centres {
            mask.add(from: centre - radius, to: centre + radius) { length($0 - centre) - radius }
        }
        lay(paint)
    }

    package func line(from start: Point, to end: Point, width: Double, _ paint: Paint) {
        polyline([start, end], width: width, paint)
    }

    /// A line through the points with round corners and ends; `width` in pixels.
    package func polyline(_ points: [Point], closed: Bool = false, width: Double, _ paint: Paint) {
        addStroke(points, closed: closed, width: max(width, 1))
        // A line thinner than a pixel is a fainter one.
        lay(paint.opacity(paint.opacity * min(1, width)))
    }

    /// Many lines at once, united.
    package func polylines(_ lines: [[Point]], width: Double, _ paint: Paint) {
        for points in lines { addStroke(points, closed: false, width: max(width, 1)) }
        lay(paint.opacity(paint.opacity * min(1, width)))
    }

    /// Outline of a box given by two opposite corners; the line's middle runs through them.
    package func rectangle(
        from low: Point, to high: Point, width: Double, cornerRadius: Double = 0, _ paint: Paint
    ) {
        let (centre, half) = ((low + high) / 2, abs(high - low) / 2)
        let margin = width / 2
        mask.add(from: centre - half - margin, to: centre + half + margin) {
            Swift.abs(boxDistance($0 - centre, half, cornerRadius)) - margin
        }
        lay(paint)
    }

    /// A filled box given by two opposite corners.
    package func fillRectangle(from low: Point, to high: Point, cornerRadius: Double = 0, _ paint: Paint) {
        addBox(from: low, to: high, cornerRadius: cornerRadius)
        lay(paint)
    }

    /// A filled polygon, which may be concave; where it crosses itself, even crossings are outside.
    package func fillPolygon(_ points: [Point], _ paint: Paint) {
        guard points.count > 2, points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return }
        let low = points.dropFirst().reduce(points[0]) { pointwiseMin($0, $1) }
        let high = points.dropFirst().reduce(points[0]) { pointwiseMax($0, $1) }
        mask.add(from: low, to: high) { polygonDistance($0, points) }
        lay(paint)
    }

    func addStroke(_ points: [Point], closed: Bool, width: Double) {
        let radius = width / 2
        if points.count == 1 {
            let centre = points[0]
            mask.add(from: centre - radius, to: centre + radius) { length($0 - centre) - radius }
        }
        let ends = closed ? points.dropFirst() + points.prefix(1) : points.dropFirst()
        for (start, end) in zip(points, ends) {
            mask.add(from: pointwiseMin(start, end) - radius, to: pointwiseMax(start, end) + radius) {
                segmentDistance($0, start, end) - radius
            }
        }
    }

    private func addBox(from low: Point, to high: Point, cornerRadius: Double) {
        let (centre, half) = ((low + high) / 2, abs(high - low) / 2)
        mask.add(from: centre - half, to: centre + half) { boxDistance($0 - centre, half, cornerRadius) }
    }
}

private func length(_ v: SIMD2<Double>) -> Double { (v * v).sum().squareRoot() }
private func abs(_ v: SIMD2<Double>) -> SIMD2<Double> { pointwiseMax(v, -v) }

/// Distance of a point to a segment.
private func segmentDistance(_ p: SIMD2<Double>, _ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
    let (along, from) = (b - a, p - a)
    let squared = (along * along).sum()
    let share = squared > 0 ? min(1, max(0, (along * from).sum() / squared)) : 0
    return length(from - along * share)
}

/// Signed distance of a point (from the box's centre) to a box with round corners.
private func boxDistance(_ p: SIMD2<Double>, _ half: SIMD2<Double>, _ cornerRadius: Double) -> Double {
    let radius = min(cornerRadius, half.min())
    let out = abs(p) - half + radius
    return length(pointwiseMax(out, .zero)) + min(out.max(), 0) - radius
}

/// Signed distance of a point to a polygon: nearest edge, inside by the count of edges crossed on the way out.
private func polygonDistance(_ p: SIMD2<Double>, _ points: [SIMD2<Double>]) -> Double {
    var nearest = Double.infinity
    var inside = false
    var last = points[points.count - 1]
    for point in points {
        nearest = min(nearest, segmentDistance(p, last, point))
        if (point.y > p.y) != (last.y > p.y),
            p.x < (last.x - point.x) * (p.y - point.y) / (last.y - point.y) + point.x
        {
            inside.toggle()
        }
        last = point
    }
    return inside ? -nearest : nearest
}

extension Canvas {
    /// Lays paint over the picture where the mask covers it, and clears the mask.
    func lay(_ paint: Paint) {
        let colour = paint.samples(fullRange: fullRange)
        let opacity = min(1, max(0, paint.opacity))
        mask.use { cover in
            blend(picture.plane(0), picture.width, shift: (0, 0), cover, colour.luma, opacity)
            if picture.hasChroma {
                blend(picture.plane(1), picture.chromaWidth, shift: picture.chromaShift, cover, colour.cb, opacity)
                blend(picture.plane(2), picture.chromaWidth, shift: picture.chromaShift, cover, colour.cr, opacity)
            }
        }
    }

    /// Moves a plane's samples towards `target` by their coverage: the mean over the pixels that a sample stands for.
    private func blend(
        _ plane: UnsafeMutableBufferPointer<UInt8>, _ stride: Int, shift: (x: Int, y: Int),
        _ cover: UnsafeBufferPointer<UInt8>, _ target: Double, _ opacity: Double
    ) {
        let columns = mask.columns.lowerBound >> shift.x...(mask.columns.upperBound - 1) >> shift.x
        let rows = mask.rows.lowerBound >> shift.y...(mask.rows.upperBound - 1) >> shift.y
        // 16 bits after the point.
        let goal = Int(target * 65536 + 0.5)
        for y in rows {
            for x in columns {
                let covered = meanCover(cover, x, y, shift)
                guard covered > 0 else { continue }
                let share = Int(Double(covered) * opacity * 65536 / 255 + 0.5)
                let old = Int(plane[y * stride + x])
                let mixed = (old << 32) + ((goal - old << 16) * share)
                plane[y * stride + x] = UInt8(max(0, min(255, (mixed + 1 << 31) >> 32)))
            }
        }
    }

    private func meanCover(
        _ cover: UnsafeBufferPointer<UInt8>, _ x: Int, _ y: Int, _ shift: (x: Int, y: Int)
    ) -> Int {
        if shift == (0, 0) { return Int(cover[y * mask.width + x]) }
        var (sum, count) = (0, 0)
        for py in y << shift.y..<min(mask.height, (y + 1) << shift.y) {
            for px in x << shift.x..<min(mask.width, (x + 1) << shift.x) {
                sum += Int(cover[py * mask.width + px])
                count += 1
            }
        }
        return count > 0 ? sum / count : 0
    }
}

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

    /// Four corners a little outside the box: they show its size and cover nothing.
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
