import Base
import CKernels
import Testing

@Suite struct RasterizeTests {
    private static let width = 37
    private static let height = 29

    /// Any triangles, in part outside, thin, without area: the fast way draws what the plain one draws.
    @Test(arguments: [UInt64(1), 2, 3, 4, 5]) func fastDrawsWhatPlainDraws(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let vertices = (0..<40).map { _ in
            lm_vertex(
                x: Float(random.uniform(-20, 60)), y: Float(random.uniform(-20, 50)), u: Float(random.uniform(-2, 9)),
                v: Float(random.uniform(-2, 7)), gain: Float(random.uniform(0.5, 1.5)))
        }
        let corners = (0..<90).map { _ in Int32(random.uniform(0, 39.99)) }
        let (fast, plain) = (draw(vertices, corners, lm_draw_triangles), draw(vertices, corners, lm_draw_triangles_ref))
        #expect(zip(fast, plain).allSatisfy { abs($0 - $1) <= 1e-3 * max(1, abs($1)) })
        #expect(plain.contains { $0 > 1 })
    }

    /// A fan around a point off the grid: every point of every pixel belongs to one triangle.
    @Test func meshWithoutFoldsSumsToOne() {
        let rim: [(Float, Float)] = [(-9, -7), (18.3, -5), (50, -8), (45, 14.7), (47, 40), (11, 37), (-6, 35), (-8, 3)]
        var vertices = [lm_vertex(x: 17.37, y: 13.11, u: 0, v: 0, gain: 1)]
        vertices += rim.map { lm_vertex(x: $0.0, y: $0.1, u: 0, v: 0, gain: 1) }
        let corners = (0..<Int32(rim.count)).flatMap { side -> [Int32] in [0, 1 + side, 1 + (side + 1) % 8] }
        let canvas = draw(vertices, corners, lm_draw_triangles)
        for pixel in 0..<(Self.width * Self.height) { #expect(canvas[4 * pixel + 3] == 1) }
    }

    @Test func layerIsLaidOverAndCleared() {
        var picture: [Float] = [100, 100, 100, 1, 100, 100, 100, 1, 100, 100, 100, 1]
        var layer: [Float] = [50, 60, 70, 0.5, 300, 300, 300, 2, 50, 60, 70, 0.5]
        picture.withUnsafeMutableBufferPointer { below in
            layer.withUnsafeMutableBufferPointer { above in
                lm_lay_over(
                    lm_canvas(pixels: below.baseAddress, width: 3, height: 1),
                    lm_canvas(pixels: above.baseAddress, width: 3, height: 1), 0, 0, 2, 1)
            }
        }
        #expect(picture == [100, 110, 120, 1, 150, 150, 150, 1, 100, 100, 100, 1])
        #expect(layer == [0, 0, 0, 0, 0, 0, 0, 0, 50, 60, 70, 0.5])
    }

    private typealias Drawing = (lm_canvas, lm_texture, UnsafePointer<lm_vertex>?, UnsafePointer<Int32>?, Int) -> Void

    /// A canvas with guard cells after the end, which must stay.
    private func draw(_ vertices: [lm_vertex], _ corners: [Int32], _ drawing: Drawing) -> [Float] {
        var random = SplitMix64(seed: 9)
        let texels = (0..<(8 * 6 * 4)).map { $0 % 4 == 3 ? 1 : Float(random.uniform(0, 255)) }
        var pixels = [Float](repeating: 0, count: Self.width * Self.height * 4)
        pixels += [Float](repeating: 7, count: 16)
        pixels.withUnsafeMutableBufferPointer { pixels in
            let canvas = lm_canvas(
                pixels: pixels.baseAddress, width: Int32(Self.width), height: Int32(Self.height))
            texels.withUnsafeBufferPointer {
                drawing(
                    canvas, lm_texture(texels: $0.baseAddress, width: 8, height: 6), vertices, corners,
                    corners.count / 3)
            }
        }
        #expect(pixels[(Self.width * Self.height * 4)...].allSatisfy { $0 == 7 }, "wrote past the end")
        return pixels
    }
}
