import Base
import TestSupport
import Testing

@testable import Capture
@testable import Rendering

@Suite struct DrawingTests {
    private func luma(_ canvas: Canvas, _ x: Int, _ y: Int) -> Int {
        Int(canvas.picture.plane(0)[y * canvas.picture.width + x])
    }

    /// Sum of what a white figure adds to a black full-range picture, in whole pixels.
    private func area(_ width: Int = 64, _ height: Int = 48, _ draw: (Canvas) -> Void) -> Double {
        let canvas = Canvas(PixelBuffer(width: width, height: height), fullRange: true)
        draw(canvas)
        return Double(canvas.picture.plane(0).reduce(0) { $0 + Int($1) }) / 255
    }

    @Test func shapesCoverTheirArea() {
        #expect(abs(area { $0.dot([20.3, 20.7], radius: 6, .white) } - .pi * 36) < 1.5)
        #expect(abs(area { $0.line(from: [10, 10], to: [40, 30], width: 3, .white) } - (3 * 36.06 + .pi * 2.25)) < 3)
        #expect(abs(area { $0.fillRectangle(from: [4.5, 4.5], to: [14.5, 24.5], .white) } - 200) < 1)
        #expect(abs(area { $0.fillPolygon([[10, 10], [40, 10], [10, 40]], .white) } - 450) < 10)
        #expect(abs(area { $0.rectangle(from: [10, 10], to: [30, 20], width: 2, .white) } - 120) < 6)
    }

    @Test func colourReachesAllThreePlanes() {
        let canvas = Canvas(PixelBuffer(width: 32, height: 32))
        canvas.fillRectangle(from: [-1, -1], to: [40, 40], Paint(255, 0, 0))
        // Red in limited-range BT.601.
        #expect(difference(colour(canvas.picture.frame(fullRange: false), 16, 16), [81, 90, 240]) <= 1)
        canvas.fill(.white)
        #expect(difference(colour(canvas.picture.frame(fullRange: false), 31, 31), [235, 128, 128]) <= 1)
    }

    @Test func seeThroughLinesShowNoKnots() {
        let canvas = Canvas(PixelBuffer(width: 64, height: 64), fullRange: true)
        canvas.polyline([[10, 10], [30, 30], [50, 10]], width: 8, .white.opacity(0.5))
        #expect(Set([luma(canvas, 20, 20), luma(canvas, 30, 29), luma(canvas, 40, 20)]) == [128])
    }

    @Test func whatLiesOutsideIsCutOff() {
        #expect(area { $0.dot([-30, 20], radius: 10, .white) } == 0)
        #expect(area { $0.dot([.nan, 20], radius: 10, .white) } == 0)
        #expect(area { $0.polyline([[.infinity, 0], [0, 0]], width: 2, .white) } == 0)
        #expect(abs(area { $0.dot([-0.5, 20], radius: 10, .white) } - .pi * 50) < 2)
        #expect(area(1, 1) { $0.fillRectangle(from: [-1e12, -1e12], to: [1e12, 1e12], .white) } == 1)
    }

    @Test func everyPrintableCharacterHasItsOwnGlyph() {
        var seen: [[UInt8]: Character] = [:]
        for code in 33...126 {
            let canvas = Canvas(PixelBuffer(width: 32, height: 32, hasChroma: false), fullRange: true)
            let character = Character(UnicodeScalar(UInt8(code)))
            canvas.text(String(character), at: [4, 24], size: 16, .white)
            let pixels = Array(canvas.picture.plane(0))
            #expect(pixels.contains { $0 > 200 }, "\(character)")
            #expect(seen.updateValue(character, forKey: pixels) == nil, "\(character)")
        }
    }

    @Test func textIsAsWideAsSaid() {
        let text = "Frame 12"
        let width = Canvas.textWidth(text, size: 12)
        let canvas = Canvas(PixelBuffer(width: 200, height: 40), fullRange: true)
        canvas.text(text, at: [190, 30], size: 12, align: .right, .white)
        let columns = (0..<200).filter { x in (0..<40).contains { luma(canvas, x, $0) > 60 } }
        #expect(abs(Double(columns.first!) - (190 - width)) <= 2 && abs(columns.last! - 190) <= 2)
    }

    /// A stored picture with a bright upper left corner: where the corner is shown, for each of the eight orientations.
    @Test(arguments: 0..<4, [false, true]) func copiesAreTurnedAsDisplayed(turns: Int, mirrored: Bool) throws {
        let stored = PixelBuffer(width: 20, height: 12)
        for y in 0..<4 { for x in 0..<4 { stored.plane(0)[y * 20 + x] = 200 } }
        for y in 0..<2 { for x in 0..<2 { stored.plane(1)[y * 10 + x] = 220 } }
        let copy = try displayedCopy(
            of: stored.frame(fullRange: false, orientation: Orientation(quarterTurns: turns, mirrored: mirrored)))
        let turned = !turns.isMultiple(of: 2)
        #expect(copy.width == (turned ? 12 : 20) && copy.height == (turned ? 20 : 12))
        // Corners clockwise from the upper left; a mirrored picture starts at the upper right.
        let corner = (turns + (mirrored ? 1 : 0)) % 4
        let (x, y) = (
            [0, copy.width - 1, copy.width - 1, 0][corner], [0, 0, copy.height - 1, copy.height - 1][corner]
        )
        #expect(colour(copy.frame(fullRange: false), x, y)[...1] == [200, 220])
        #expect(copy.plane(0).filter { $0 == 200 }.count == 16)
    }

    @Test func greyKeepsItsRange() throws {
        let grey = PixelBuffer(width: 40, height: 30, hasChroma: false)
        for index in 0..<1200 { grey.plane(0)[index] = 126 }
        let limited = try displayedCopy(of: grey.frame(fullRange: false)).frame(fullRange: false)
        #expect(colour(limited, 20, 15) == [126, 128, 128])
        let full = try displayedCopy(of: grey.frame(fullRange: true)).frame(fullRange: false)
        #expect(difference(colour(full, 20, 15), [124, 128, 128]) <= 1)
        let folder = try TemporaryFolder()
        try writePNG(grey, to: folder.path("a.png"))
        #expect(difference(colour(try readStill(folder.path("a.png")), 20, 15), [128, 128, 128]) <= 1)
    }

    @Test func copiesOfCameraLayoutsKeepTheirColours() throws {
        // YUYV, full range: Y 100, Cb 90, Cr 170.
        let bytes = PixelBuffer(width: 64, height: 8, hasChroma: false)
        for index in 0..<512 { bytes.bytes[index] = [100, 90, 100, 170][index % 4] }
        func plane(_ offset: Int, _ step: Int) -> Plane {
            Plane(base: UnsafeRawPointer(bytes.bytes.baseAddress! + offset), rowStride: 64, sampleStride: step)
        }
        let frame = Frame(
            width: 32, height: 8, luma: plane(0, 2), chroma: (plane(1, 4), plane(3, 4)), chromaShift: (1, 0),
            fullRange: true, owner: bytes)
        let copy = try displayedCopy(of: frame).frame(fullRange: false)
        #expect(
            difference(colour(copy, 13, 5), [16 + 100 * 219 / 255, 128 - 38 * 224 / 255, 128 + 42 * 224 / 255]) <= 1)
    }
}
