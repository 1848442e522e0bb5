import Base

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
