import FaceTracking

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
