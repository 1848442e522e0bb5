import Base
import Glibc

/// Triangles between points such that no point lies inside another's circle: Bowyer's and Watson's method.
func delaunay(_ points: [Point]) -> [SIMD3<Int32>] {
    let count = Int32(points.count)
    let reach = 1000 * points.reduce(1) { max($0, $1.length) }
    let all = points + [Point(-3 * reach, -reach), Point(3 * reach, -reach), Point(0, 3 * reach)]
    var triangles = [SIMD3(count, count + 1, count + 2)]
    for index in 0..<count {
        let point = all[Int(index)]
        let broken = triangles.filter { isInside(point, circleOf: $0, all) }
        var rim: [Edge: Int] = [:]
        for triangle in broken { for edge in edges(triangle) { rim[edge.sorted, default: 0] += 1 } }
        triangles.removeAll { broken.contains($0) }
        for triangle in broken {
            for edge in edges(triangle) where rim[edge.sorted] == 1 {
                triangles.append(SIMD3(edge.from, edge.to, index))
            }
        }
    }
    return triangles.filter { $0.x < count && $0.y < count && $0.z < count }
}

private struct Edge: Hashable {
    let from: Int32
    let to: Int32

    var sorted: Edge { from < to ? self : Edge(from: to, to: from) }
}

private func edges(_ triangle: SIMD3<Int32>) -> [Edge] {
    [
        Edge(from: triangle.x, to: triangle.y), Edge(from: triangle.y, to: triangle.z),
        Edge(from: triangle.z, to: triangle.x),
    ]
}

/// By the sign of the usual determinant, made independent of the triangle's sense of rotation.
private func isInside(_ point: Point, circleOf triangle: SIMD3<Int32>, _ points: [Point]) -> Bool {
    let a = points[Int(triangle.x)] - point
    let b = points[Int(triangle.y)] - point
    let c = points[Int(triangle.z)] - point
    func square(_ p: Point) -> Double { p.x * p.x + p.y * p.y }
    let determinant =
        square(a) * (b.x * c.y - c.x * b.y) - square(b) * (a.x * c.y - c.x * a.y) + square(c) * (a.x * b.y - b.x * a.y)
    let turn = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
    return turn > 0 ? determinant > 0 : determinant < 0
}

/// The average face's mesh: 68 landmarks, a rim outside of the jaw, and an arc along the hairline.
struct FaceMeshLayout {
    static let width = 208
    static let height = 250
    /// Texels to the outer-eye distance.
    static let density = 100.0
    /// Texel of the shapes' origin.
    static let origin = Point(103.5, 150)
    private static let foreheadDepth = 0.65

    /// Places in units, landmarks first.
    let template: [Point]
    /// The landmark that each vertex follows; of a landmark, itself.
    let anchors: [Int]
    let triangles: [SIMD3<Int32>]
    private let rimDepth: [Double]

    init(_ shapes: ShapeStatistics) {
        let jawCenter = Point(0, -0.1)
        var template = shapes.template
        var anchors = Array(0..<68)
        var depth = shapes.depth
        for i in 0...16 {
            template.append(jawCenter + (shapes.template[i] - jawCenter) * 1.13)
            anchors.append(i)
            depth.append(shapes.depth[i] - 0.1)
        }
        for (step, anchor) in [0, 17, 17, 18, 19, 20, 27, 23, 24, 25, 26, 26, 16].enumerated() {
            let angle = Double.pi * (1 + Double(step) / 12)
            template.append(Point(0.95 * cos(angle), -0.55 + 0.93 * sin(angle)))
            anchors.append(anchor)
            depth.append(shapes.depth[0] + Self.foreheadDepth * abs(sin(angle)))
        }
        (self.template, self.anchors, rimDepth) = (template, anchors, depth)
        triangles = delaunay(template)
    }

    /// All vertices of a face with these landmarks, as far from their anchors as `map` makes the template's.
    func vertices(of landmarks: [Point], mean: [Point], _ map: SimilarityMap) -> [Point] {
        landmarks
            + (68..<template.count).map { i in
                map(template[i]) + landmarks[anchors[i]] - map(mean[anchors[i]])
            }
    }

    /// Vertices of the face at rest, with their depth.
    func rest(_ shapes: ShapeStatistics) -> [SIMD3<Double>] {
        template.indices.map { i in
            let moved = i < 68 ? shapes.rest[i] : template[i] + shapes.rest[anchors[i]] - shapes.template[anchors[i]]
            return SIMD3(moved.x, moved.y, rimDepth[i])
        }
    }

    /// A change of the landmarks, continued to the rim.
    func spread(_ mode: [Point]) -> [Point] { anchors.map { mode[$0] } }

    static func texel(_ place: Point) -> Point { place * density + origin }
}
