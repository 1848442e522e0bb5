import Base
import FaceTracking

/// Pictures named in a list `testnames.txt` are for evaluation, all others for training. Nil where no text file is one of
/// HELEN's annotations: the picture's name in the first line, then 194 lines `x , y`.
func readHelenFolder(
    _ root: String, _ files: [String], _ pictures: inout PictureIndex, scheme: LandmarkScheme
) throws(LandmarkdError) -> Annotations? {
    var found = Annotations()
    var testNames: Set<String> = []
    for file in files where file.hasSuffix("testnames.txt") {
        for line in try TextFile(root + "/" + file).lines() {
            testNames.insert(String(pathBytes: line.text))
        }
    }
    for file in files where splitEnding(file).ending == "txt" && !file.hasSuffix("names.txt") {
        let source = root + "/" + file
        let text = try TextFile(source)
        guard text.lines().dropFirst().first?.text.contains(UInt8(ascii: ",")) ?? false else { continue }
        let (name, points) = try readHelenFile(text)
        guard scheme == .helen194 else {
            found.countOther("\(points.count)")
            continue
        }
        guard let picture = pictures.named(name, in: file) else {
            throw LandmarkdError(
                .noInput, "\(source):1: no picture “\(name)” in \(root)",
                remedy: "fetch the picture or remove this file")
        }
        found.faces.append(
            AnnotatedFace(
                file: picture, set: "helen194", split: testNames.contains(name) ? .test : .train,
                group: "helen_\(name)", points: points, scheme: scheme, size: nil, source: source))
    }
    guard !found.faces.isEmpty || found.otherSchemes > 0 else { return nil }
    found.warnings += pictures.warnings
    return withMirrorMap(found)
}

/// HELEN's faces with the mirror map found from their shapes, if it is consistent along the contour.
private func withMirrorMap(_ annotations: Annotations) -> Annotations {
    let contour = Array(0...40)
    guard let map = mirrorMap(fromShapes: annotations.faces.map(\.points)), Array(map[0...40]) == contour.reversed()
    else { return annotations }
    var annotations = annotations
    for i in annotations.faces.indices where annotations.faces[i].scheme.mirror == nil {
        annotations.faces[i].scheme.setMirror(map)
    }
    return annotations
}

/// One of HELEN's own annotation files: the picture's name, then 194 lines `x , y`.
///
/// Throws `noInput` or `unusableData` with file and line.
package func readHelenFile(_ path: String) throws(LandmarkdError) -> (picture: String, points: [Point]) {
    try readHelenFile(TextFile(path))
}

func readHelenFile(_ text: TextFile) throws(LandmarkdError) -> (picture: String, points: [Point]) {
    let lines = text.lines()
    var points: [Point] = []
    for line in lines.dropFirst() {
        let fields = line.text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard fields.count == 2 else {
            throw LandmarkdError(
                .unusableData, "\(text.name):\(line.number): \(fields.count) fields where x , y belong",
                remedy: "correct this line, or remove the file")
        }
        let x = try text.coordinate(fields[0], line: line.number)
        points.append(Point(x, try text.coordinate(fields[1], line: line.number)))
    }
    guard let first = lines.first, points.count == LandmarkScheme.helen194.count else {
        throw LandmarkdError(
            .unusableData, "\(text.name):\(lines.last?.number ?? 1): \(points.count) points where 194 belong",
            remedy: "the file is cut off or not one of HELEN's: fetch it again or remove it")
    }
    return (String(pathBytes: first.text), points)
}

/// A mirror map found from annotated faces, for schemes whose map is published nowhere: the mean shape is flipped, and each
/// point is paired with the one nearest to it.
///
/// Points are paired nearest first, so that the map is its own inverse. Nil where there are fewer than 10 faces, or where the
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
        let meanFromFlipped = SimilarityMap.fit(from: flipped, to: map.map { mean[$0] })
        map = pairs(meanFromFlipped(flipped), mean)
    }
    let flipped = mean.map { Point(-$0.x, $0.y) }
    let meanFromFlipped = SimilarityMap.fit(from: flipped, to: map.map { mean[$0] })
    let distances = zip(meanFromFlipped(flipped), map).map { ($0 - mean[$1]).length }.sorted()
    let box = Box(around: mean)
    return distances[distances.count / 2] < 0.04 * max(box.width, box.height) ? map : nil
}

/// Mean of the shapes, each moved to its centroid and to unit size; they are assumed to be roughly upright.
private func meanShape(_ shapes: [[Point]]) -> [Point] {
    var sum = [Point](repeating: .zero, count: shapes[0].count)
    for shape in shapes {
        let centre = shape.centroid
        let size = max(1e-9, shape.reduce(0) { $0 + ($1 - centre).length } / Double(shape.count))
        for (i, p) in shape.enumerated() { sum[i] += (p - centre) / size }
    }
    return sum.map { $0 / Double(shapes.count) }
}

/// The involution that brings `flipped` near to `shape`: nearest pairs first; a point may be paired with itself.
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
