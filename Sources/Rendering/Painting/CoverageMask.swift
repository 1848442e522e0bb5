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

    /// Adds a shape inside the box given by its corners; `distance` gives a pixel centre's distance to its edge in
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

/// A colour to draw with: red, green, blue 0…255 and opacity 0…1.
package struct Paint: Sendable, Equatable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8
    package var opacity: Double

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8, opacity: Double = 1) {
        (self.red, self.green, self.blue, self.opacity) = (red, green, blue, opacity)
    }

    package func opacity(_ opacity: Double) -> Paint { Paint(red, green, blue, opacity: opacity) }

    package static let white = Paint(255, 255, 255)
    package static let black = Paint(0, 0, 0)
    package static let grey = Paint(128, 132, 138)

    /// Distinct colours that read well on pictures and on white, also for people who see red and green alike.
    /// Source: Okabe and Ito 2008, "Color universal design", black left out, brightened.
    package static let series = [
        Paint(0, 190, 255), Paint(255, 170, 20), Paint(20, 200, 140), Paint(235, 105, 190), Paint(245, 225, 60),
        Paint(30, 120, 220), Paint(230, 90, 20),
    ]

    /// Y, Cb, Cr by BT.601, as 8-bit samples of the given range.
    func samples(fullRange: Bool) -> (luma: Double, cb: Double, cr: Double) {
        let (r, g, b) = (Double(red), Double(green), Double(blue))
        let luma = 0.299 * r + 0.587 * g + 0.114 * b
        let (cb, cr) = ((b - luma) / 1.772, (r - luma) / 1.402)
        return fullRange
            ? (luma, 128 + cb, 128 + cr) : (16 + luma * 219 / 255, 128 + cb * 224 / 255, 128 + cr * 224 / 255)
    }
}
