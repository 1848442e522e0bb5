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
