import FaceTracking

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
