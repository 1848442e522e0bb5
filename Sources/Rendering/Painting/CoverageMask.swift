/// How much of each pixel a figure covers, 0…255: shapes are united here before paint is laid over the picture once, so
/// that see-through lines show no knots where they meet.
final class CoverageMask {
    let width: Int
    let height: Int
    private var bytes: [UInt8]
    /// Pixels that may be covered.
    private(set) var columns = 0..<0
    private(set) var rows = 0..<0

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        bytes = [UInt8](repeating: 0, count: width * height)
    }

    /// Adds a shape inside the box given by its corners; `distance` tells a pixel centre's distance to its edge in
    /// pixels, negative inside.
    func add(from low: SIMD2<Double>, to high: SIMD2<Double>, distance: (SIMD2<Double>) -> Double) {
        guard let across = Self.pixels(low.x, high.x, width), let down = Self.pixels(low.y, high.y, height) else {
            return
        }
        bytes.withUnsafeMutableBufferPointer { bytes in
            for y in down {
                for x in across {
                    let cover = 0.5 - distance(SIMD2(Double(x), Double(y)))
                    guard cover > 0 else { continue }
                    let value = UInt8(min(cover, 1) * 255 + 0.5)
                    if value > bytes[y * width + x] { bytes[y * width + x] = value }
                }
            }
        }
        columns = Self.hull(columns, across)
        rows = Self.hull(rows, down)
    }

    /// Lends the coverage to `body`, then clears it.
    func use(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        guard !columns.isEmpty, !rows.isEmpty else { return }
        bytes.withUnsafeBufferPointer(body)
        bytes.withUnsafeMutableBufferPointer { bytes in
            for y in rows {
                for x in columns { bytes[y * width + x] = 0 }
            }
        }
        (columns, rows) = (0..<0, 0..<0)
    }

    /// Pixels within half a pixel of the span; nil where none are in the picture or the span is not finite.
    private static func pixels(_ low: Double, _ high: Double, _ count: Int) -> Range<Int>? {
        guard low.isFinite, high.isFinite else { return nil }
        let first = Int(max(0, min(Double(count), (low - 0.5).rounded(.down))))
        let end = Int(max(0, min(Double(count), (high + 0.5).rounded(.up) + 1)))
        return first < end ? first..<end : nil
    }

    private static func hull(_ a: Range<Int>, _ b: Range<Int>) -> Range<Int> {
        a.isEmpty ? b : min(a.lowerBound, b.lowerBound)..<max(a.upperBound, b.upperBound)
    }
}
