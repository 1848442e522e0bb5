import FaceTracking

/// A mirror map found from annotated faces, for schemes whose map is published nowhere: the mean shape is flipped, and each
/// point goes with the one that it then falls nearest to.
///
/// Points pair off, nearest first, so that the map undoes itself. Nil where there are fewer than 10 faces, or where the
/// flipped shape does not fall on the mean shape: half of the points further off than 4 % of its size.
package func mirrorMap(fromShapes shapes: [[Point]]) -> [Int]? {
    guard let first = shapes.first, shapes.count >= 10, shapes.allSatisfy({ $0.count == first.count }) else {
        return nil
    }
    let mean = meanShape(shapes)
    var map = pairs(mean.map { Point(-$0.x, $0.y) }, mean)
    // A face leaning in the mean is flipped about the wrong axis at first: fit the flipped shape to what it was paired with.
    for _ in 0..<5 {
        let flipped = mean.map { Point(-$0.x, $0.y) }
        let fit = SimilarityMap.fit(from: flipped, to: map.map { mean[$0] })
        map = pairs(fit(flipped), mean)
    }
    let flipped = mean.map { Point(-$0.x, $0.y) }
    let fit = SimilarityMap.fit(from: flipped, to: map.map { mean[$0] })
    let distances = zip(fit(flipped), map).map { ($0 - mean[$1]).length }.sorted()
    let box = Box(around: mean)
    return distances[distances.count / 2] < 0.04 * max(box.width, box.height) ? map : nil
}

/// Mean of the shapes, each moved to its centroid and to unit size; they are taken to be upright on the whole.
private func meanShape(_ shapes: [[Point]]) -> [Point] {
    var sum = [Point](repeating: .zero, count: shapes[0].count)
    for shape in shapes {
        let centre = shape.centroid
        let size = max(1e-9, shape.reduce(0) { $0 + ($1 - centre).length } / Double(shape.count))
        for (i, p) in shape.enumerated() { sum[i] += (p - centre) / size }
    }
    return sum.map { $0 / Double(shapes.count) }
}

/// The involution that brings `flipped` near to `shape`: of all pairs the nearest first, a point may go with itself.
private func pairs(_ flipped: [Point], _ shape: [Point]) -> [Int] {
    var candidates: [(distance: Double, i: Int, j: Int)] = []
    for i in shape.indices {
        for j in i..<shape.count {
            candidates.append(((flipped[i] - shape[j]).length + (flipped[j] - shape[i]).length, i, j))
        }
    }
    var map = [Int](repeating: -1, count: shape.count)
    for pair in candidates.sorted(by: { $0.distance < $1.distance }) where map[pair.i] < 0 && map[pair.j] < 0 {
        (map[pair.i], map[pair.j]) = (pair.j, pair.i)
    }
    return map
}
