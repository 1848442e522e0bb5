import Base
import CKernels

/// The picture in the making and a layer that is drawn before it is laid over it. Thread-bound.
final class LayeredCanvas {
    let width: Int
    let height: Int
    private let picture: UnsafeMutableBufferPointer<Float>
    private let layer: UnsafeMutableBufferPointer<Float>
    /// Pixels of the layer that may have been touched.
    private var touched: (low: Point, high: Point)?

    init(width: Int, height: Int) {
        (self.width, self.height) = (width, height)
        picture = .allocate(capacity: width * height * 4)
        layer = .allocate(capacity: width * height * 4)
        picture.initialize(repeating: 0)
        layer.initialize(repeating: 0)
    }

    deinit {
        picture.deallocate()
        layer.deallocate()
    }

    /// Adds a mesh to the layer.
    func draw(_ mesh: Mesh, _ texture: Texture) {
        var vertices: [lm_vertex] = []
        vertices.reserveCapacity(mesh.vertices.count)
        var (low, high) = touched ?? (mesh.vertices[0].position, mesh.vertices[0].position)
        for vertex in mesh.vertices {
            let place = texture.place(of: vertex.source)
            vertices.append(
                lm_vertex(
                    x: Float(vertex.position.x), y: Float(vertex.position.y), u: Float(place.x), v: Float(place.y),
                    gain: Float(vertex.gain)))
            low = pointwiseMin(low, vertex.position)
            high = pointwiseMax(high, vertex.position)
        }
        touched = (low, high)
        let corners = mesh.triangles.flatMap { [$0.x, $0.y, $0.z] }
        texture.texels.withUnsafeBytes { texels in
            let source = lm_texture(
                texels: texels.assumingMemoryBound(to: Float.self).baseAddress, width: Int32(texture.width),
                height: Int32(texture.height))
            lm_draw_triangles(canvas(layer), source, vertices, corners, mesh.triangles.count)
        }
    }

    /// Lays what was drawn since the last call over the picture.
    func finishLayer() {
        guard let touched else { return }
        self.touched = nil
        func held(_ value: Double, _ top: Int) -> Int32 { Int32(min(Double(top), max(0, value.rounded()))) }
        let (x0, y0) = (held(touched.low.x - 1, width), held(touched.low.y - 1, height))
        let (x1, y1) = (held(touched.high.x + 2, width), held(touched.high.y + 2, height))
        lm_lay_over(canvas(picture), canvas(layer), x0, y0, x1, y1)
    }

    /// The picture as 4:2:0 samples in limited range, with the noise of a sensor: standard deviations in samples.
    func expose(noise: Double, seed: UInt64) -> PixelBuffer {
        let buffer = PixelBuffer(width: width, height: height)
        let planes = lm_planes(
            y: buffer.plane(0).baseAddress, cb: buffer.plane(1).baseAddress, cr: buffer.plane(2).baseAddress)
        let sensor = lm_sensor(
            luma_scale: 219 / 255, luma_offset: 16, chroma_scale: 224 / 255, luma_noise: Float(noise),
            chroma_noise: Float(noise / 2), seed: seed)
        lm_expose(planes, canvas(picture), sensor)
        return buffer
    }

    private func canvas(_ pixels: UnsafeMutableBufferPointer<Float>) -> lm_canvas {
        lm_canvas(pixels: pixels.baseAddress, width: Int32(width), height: Int32(height))
    }
}

/// A corner of a triangle.
struct Vertex {
    /// Where it is drawn, in pixels.
    var position: Point
    /// Where it lies in the texture, in units of length.
    var source: Point
    /// Factor on its light.
    var gain: Double = 1
}

/// Triangles to be drawn with one texture.
struct Mesh {
    var vertices: [Vertex]
    var triangles: [SIMD3<Int32>]

    init(vertices: [Vertex], triangles: [SIMD3<Int32>]) {
        (self.vertices, self.triangles) = (vertices, triangles)
    }

    /// A sheet of `columns` × `rows` cells between two corners of the texture's plane.
    init(columns: Int, rows: Int, from low: Point, to high: Point, _ vertex: (Point) -> Vertex) {
        vertices = []
        triangles = []
        for row in 0...rows {
            for column in 0...columns {
                let share = Point(Double(column) / Double(columns), Double(row) / Double(rows))
                vertices.append(vertex(low + (high - low) * share))
            }
        }
        for row in 0..<rows {
            for column in 0..<columns {
                let corner = Int32(row * (columns + 1) + column)
                let below = corner + Int32(columns) + 1
                triangles.append(SIMD3(corner, corner + 1, below))
                triangles.append(SIMD3(corner + 1, below + 1, below))
            }
        }
    }
}
