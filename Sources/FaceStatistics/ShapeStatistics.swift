import Base
import FaceTracking
import Glibc

/// Mean, depth and modes of many shapes of 68 points, in units of the mean's outer-eye distance, from the mean's centroid.
struct ShapeStatistics {
    /// Numbers that are measured on a shape; changes of the shape are explained by them.
    struct Measures {
        var pitch, mouth, eyes, smile, brows: Double

        var list: [Double] { [pitch, mouth, eyes, smile, brows] }
    }

    static let scheme = LandmarkScheme.ibug68
    /// Distance of the nose's tip before the outer eye corners, from measurements of heads.
    private static let noseDepth = 0.45
    /// Opening of the mouth, in units, and width of the mouth at rest.
    private static let restOpening = 0.004
    private static let restWidth = 0.6
    /// Opening of the mouth in the template, wide enough to show what lies inside.
    private static let templateOpening = 0.14

    /// Symmetric.
    let mean: [Point]
    /// Sine of each shape's turn, roughly; 0 ahead.
    let yaws: [Double]
    let measures: [Measures]
    let depth: [Double]
    /// Per unit of mouth, smile, brows.
    let expressions: [[Point]]
    let identities: [[Point]]
    /// Mouth shut, no smile.
    let rest: [Point]
    /// Mouth open.
    let template: [Point]

    init(_ shapes: [[Point]], identityCount: Int) {
        let (mean, aligned) = Self.aligned(shapes)
        let changes = aligned.map { zip($0, mean).map { $0 - $1 } }
        let odd = changes.map { change in zip(change, Self.mirrored(change)).map { ($0 - $1) / 2 } }
        let even = changes.map { change in zip(change, Self.mirrored(change)).map { ($0 + $1) / 2 } }
        let depth = Self.depth(odd)
        let middle = depth.reduce(0, +) / Double(depth.count)
        let centered = depth.map { $0 - middle }
        yaws = odd.map { Self.part(of: depth, in: $0.map(\.x)) }
        let measures = zip(aligned, even).map { shape, change in
            Self.measures(shape, pitch: -Self.part(of: centered, in: change.map(\.y)))
        }
        (self.mean, self.depth, self.measures) = (mean, depth, measures)
        let count = Double(measures.count)
        let means = (0..<5).map { k in measures.reduce(0) { $0 + $1.list[k] } / count }
        let centeredMeasures = measures.map { zip($0.list, means).map { $0 - $1 } }
        let effects = Self.regression(of: even, on: centeredMeasures)
        let unexplained = zip(even, centeredMeasures).map { change, measured in
            zip(effects, measured).reduce(change) { rest, effect in zip(rest, effect.0).map { $0 - $1 * effect.1 } }
        }
        identities = Self.modes(unexplained, count: identityCount)
        expressions = [effects[1], effects[3], effects[4]].map(Self.symmetrized)
        let (mouth, smile) = (effects[1], effects[3])
        rest = Self.symmetrized(
            mean.indices.map {
                mean[$0] + mouth[$0] * (Self.restOpening - means[1]) + smile[$0] * (Self.restWidth - means[3])
            })
        template = Self.symmetrized(mean.indices.map { mean[$0] + mouth[$0] * (Self.templateOpening - means[1]) })
    }

    /// Flipped left to right, about x = 0.
    static func mirrored(_ shape: [Point]) -> [Point] {
        let map = scheme.mirror!
        return shape.indices.map { Point(-shape[map[$0]].x, shape[map[$0]].y) }
    }

    private static func symmetrized(_ shape: [Point]) -> [Point] {
        zip(shape, mirrored(shape)).map { ($0 + $1) / 2 }
    }

    /// Generalised Procrustes analysis by similarity maps; the mean is kept symmetric.
    private static func aligned(_ shapes: [[Point]]) -> (mean: [Point], shapes: [[Point]]) {
        var mean = shapes[0]
        var aligned: [[Point]] = []
        for _ in 0..<7 {
            aligned = shapes.map { SimilarityMap.fit(from: $0, to: mean)($0) }
            var sum = [Point](repeating: .zero, count: mean.count)
            for shape in aligned { for i in sum.indices { sum[i] += shape[i] } }
            let center = sum.centroid
            mean = symmetrized(sum.map { $0 - center })
            let unit = (mean[45] - mean[36]).length
            mean = mean.map { $0 / unit }
        }
        return (mean, shapes.map { SimilarityMap.fit(from: $0, to: mean)($0) })
    }

    /// What moves sideways most when faces turn lies nearest: the leading uneven mode is the depth, but for its scale.
    private static func depth(_ odd: [[Point]]) -> [Double] {
        let mode = modes(odd, count: 1)[0]
        let (tip, corners) = (mode[30].x, (mode[36].x + mode[45].x) / 2)
        let depth = mode.map { noseDepth * ($0.x - corners) / (tip - corners) }
        return depth.indices.map { (depth[$0] + depth[scheme.mirror![$0]]) / 2 }
    }

    private static func modes(_ changes: [[Point]], count: Int) -> [[Point]] {
        let weight = (1 / Double(changes.count)).squareRoot()
        let rows = changes.flatMap { $0.flatMap { [Float($0.x * weight), Float($0.y * weight)] } }
        return principalModes(rows, samples: changes.count, width: 2 * scheme.count, count: count).map { mode in
            (0..<scheme.count).map { Point(Double(mode[2 * $0]), Double(mode[2 * $0 + 1])) }
        }
    }

    /// How much of `direction` lies in `values`.
    private static func part(of direction: [Double], in values: [Double]) -> Double {
        let square = direction.reduce(0) { $0 + $1 * $1 }
        return zip(direction, values).reduce(0) { $0 + $1.0 * $1.1 } / square
    }

    private static func measures(_ shape: [Point], pitch: Double) -> Measures {
        func gap(_ upper: [Int], _ lower: [Int]) -> Double {
            zip(upper, lower).reduce(0) { $0 + shape[$1.1].y - shape[$1.0].y } / Double(upper.count)
        }
        return Measures(
            pitch: pitch, mouth: gap([61, 62, 63], [67, 66, 65]), eyes: gap([37, 38, 43, 44], [41, 40, 47, 46]),
            smile: shape[54].x - shape[48].x, brows: gap([19, 24], [37, 44]))
    }

    /// Least squares: what each measure does to each point, all others held.
    private static func regression(of changes: [[Point]], on measures: [[Double]]) -> [[Point]] {
        let count = measures[0].count
        var normal = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        var right = [[Point]](repeating: [Point](repeating: .zero, count: scheme.count), count: count)
        for (change, measured) in zip(changes, measures) {
            for i in 0..<count {
                for j in 0..<count { normal[i][j] += measured[i] * measured[j] }
                for p in change.indices { right[i][p] += change[p] * measured[i] }
            }
        }
        for i in 0..<count {
            for row in 0..<count where row != i {
                let factor = normal[row][i] / normal[i][i]
                for column in 0..<count { normal[row][column] -= factor * normal[i][column] }
                for p in right[row].indices { right[row][p] -= factor * right[i][p] }
            }
        }
        return (0..<count).map { i in right[i].map { $0 / normal[i][i] } }
    }
}
