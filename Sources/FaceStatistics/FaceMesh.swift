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

    /// All vertices of a face with these landmarks, as far from their anchors as `frameFromTemplate` makes the template's.
    func vertices(of landmarks: [Point], mean: [Point], _ frameFromTemplate: SimilarityMap) -> [Point] {
        landmarks
            + (68..<template.count).map { i in
                frameFromTemplate(template[i]) + landmarks[anchors[i]] - frameFromTemplate(mean[anchors[i]])
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

/// For each texel of the template, the triangle that it lies in and its share of the corners.
struct TemplateGrid {
    /// Index of the triangle, −1 outside of the mesh.
    private(set) var triangle: [Int]
    /// Shares of the triangle's corners, which sum to 1.
    private(set) var shares: [SIMD3<Double>]
    private let corners: [SIMD3<Int32>]

    init(_ layout: FaceMeshLayout) {
        let count = FaceMeshLayout.width * FaceMeshLayout.height
        triangle = [Int](repeating: -1, count: count)
        shares = [SIMD3<Double>](repeating: .zero, count: count)
        corners = layout.triangles
        let places = layout.template.map(FaceMeshLayout.texel)
        for (index, corner) in corners.enumerated() {
            fill(index, places[Int(corner.x)], places[Int(corner.y)], places[Int(corner.z)])
        }
    }

    /// Where a texel lies on a face with these vertices.
    func place(_ texel: Int, _ vertices: [Point]) -> Point {
        let (corner, share) = (corners[triangle[texel]], shares[texel])
        return vertices[Int(corner.x)] * share.x + vertices[Int(corner.y)] * share.y + vertices[Int(corner.z)] * share.z
    }

    /// Texels in triangles all of whose corners are in one of the ranges.
    func texels(within ranges: [Range<Int32>]) -> [Bool] {
        triangle.map { index in
            guard index >= 0 else { return false }
            let corner = corners[index]
            return ranges.contains { $0 ~= corner.x && $0 ~= corner.y && $0 ~= corner.z }
        }
    }

    private mutating func fill(_ index: Int, _ a: Point, _ b: Point, _ c: Point) {
        let (width, height) = (FaceMeshLayout.width, FaceMeshLayout.height)
        let (low, high) = (pointwiseMin(a, pointwiseMin(b, c)), pointwiseMax(a, pointwiseMax(b, c)))
        let area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
        guard area != 0 else { return }
        for row in max(0, Int(low.y))...min(height - 1, max(0, Int(high.y) + 1)) {
            for column in max(0, Int(low.x))...min(width - 1, max(0, Int(high.x) + 1)) {
                let p = Point(Double(column), Double(row))
                let second = ((p.x - a.x) * (c.y - a.y) - (c.x - a.x) * (p.y - a.y)) / area
                let third = ((b.x - a.x) * (p.y - a.y) - (p.x - a.x) * (b.y - a.y)) / area
                let share = SIMD3(1 - second - third, second, third)
                guard share.min() >= -1e-9 else { continue }
                triangle[row * width + column] = index
                shares[row * width + column] = share
            }
        }
    }
}
