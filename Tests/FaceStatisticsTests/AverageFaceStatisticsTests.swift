import Base
import FaceTracking
import Testing

@testable import Training

@Suite struct AverageFaceStatisticsTests {
    @Test func principalModesFindTheDirectionsThatWereMixedIn() {
        var random = SplitMix64(seed: 4)
        let samples = 60
        let width = 30
        let directions = [3.0, 1.5].map { strength in
            (width: strength, axis: (0..<width).map { strength > 2 ? ($0 < 15 ? 1.0 : 0) : ($0 < 15 ? 0 : 1.0) })
        }
        var rows: [Float] = []
        for _ in 0..<samples {
            var row = (0..<width).map { _ in 0.01 * random.normal() }
            for direction in directions {
                let part = direction.width * random.normal()
                for i in 0..<width { row[i] += part * direction.axis[i] }
            }
            rows += row.map { Float($0 / Double(samples).squareRoot()) }
        }
        let modes = principalModes(rows, samples: samples, width: width, count: 2)
        // Chance mixes the two a little; each keeps its own half of the numbers and its strength.
        for i in 0..<15 {
            #expect(abs(modes[0][i] - 3) < 0.9 && abs(modes[0][i + 15]) < 0.5)
            #expect(abs(modes[1][i + 15] - 1.5) < 0.5 && abs(modes[1][i]) < 0.9)
        }
        let dot = zip(modes[0], modes[1]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(dot) < 1e-3, "modes are at right angles")
    }

    @Test func eigenvectorsDiagonalize() {
        let matrix: [Double] = [2, 1, 0, 1, 3, 1, 0, 1, 4]
        let vectors = eigenvectors(matrix, size: 3)
        var values: [Double] = []
        for vector in vectors {
            let image = (0..<3).map { i in (0..<3).reduce(0) { $0 + matrix[i * 3 + $1] * vector[$1] } }
            let value = zip(image, vector).reduce(0) { $0 + $1.0 * $1.1 }
            for i in 0..<3 { #expect(abs(image[i] - value * vector[i]) < 1e-12) }
            values.append(value)
        }
        #expect(values == values.sorted(by: >))
    }

    @Test(arguments: [UInt64(1), 2, 3]) func delaunayCoversTheHullAndKeepsCirclesEmpty(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let square = [Point(-2, -2), Point(2, -2), Point(2, 2), Point(-2, 2)]
        let points = square + (0..<40).map { _ in Point(random.uniform(-1.9, 1.9), random.uniform(-1.9, 1.9)) }
        let triangles = delaunay(points)
        #expect(triangles.count == 2 * points.count - 2 - 4)
        var area = 0.0
        for triangle in triangles {
            let (a, b, c) = (points[Int(triangle.x)], points[Int(triangle.y)], points[Int(triangle.z)])
            area += abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)) / 2
            let (center, radius) = circle(a, b, c)
            #expect(points.allSatisfy { ($0 - center).length > radius - 1e-6 })
        }
        #expect(abs(area - 16) < 1e-9)
    }

    /// Flat pictures of one solid that turns: its depth comes back, but for the scale that is set.
    @Test func depthComesFromTurning() {
        var random = SplitMix64(seed: 7)
        let solid = symmetricSolid(&random)
        let shapes = (0..<80).map { _ in
            let yaw = random.uniform(-0.4, 0.4)
            let map = SimilarityMap(
                scale: random.uniform(40, 90), angle: random.uniform(-0.5, 0.5), from: .zero, to: Point(100, 80))
            return solid.map { p in
                let opening = Point(0, random.normal() * 0.002)
                return map(Point(p.x + yaw * p.z, p.y) + opening)
            }
        }
        let statistics = ShapeStatistics(shapes, identityCount: 2)
        let (tip, corners) = (solid[30].z, (solid[36].z + solid[45].z) / 2)
        for (found, truth) in zip(statistics.depth, solid) {
            #expect(abs(found - 0.45 * (truth.z - corners) / (tip - corners)) < 0.07)
        }
        let mirrored = ShapeStatistics.mirrored(statistics.mean)
        #expect(zip(mirrored, statistics.mean).allSatisfy { ($0 - $1).length < 1e-12 })
        #expect(abs((statistics.mean[45] - statistics.mean[36]).length - 1) < 1e-12)
    }

    @Test func blurKeepsTheSumAndWidensAPoint() {
        var plane = [Float](repeating: 0, count: 21 * 17)
        plane[8 * 21 + 10] = 1
        let soft = blurred(plane, width: 21, height: 17, deviation: 1.5)
        #expect(abs(soft.reduce(0, +) - 1) < 1e-5)
        #expect(abs(soft[8 * 21 + 10] - 0.0707) < 0.002, "1 / (2π · 1.5²)")
        #expect(soft[8 * 21 + 12] == soft[8 * 21 + 8])
    }

    /// 68 points in pairs left and right, the nose's tip in front.
    private func symmetricSolid(_ random: inout SplitMix64) -> [SIMD3<Double>] {
        let mirror = LandmarkScheme.ibug68.mirror!
        var solid = [SIMD3<Double>](repeating: .zero, count: 68)
        for i in 0..<68 where mirror[i] >= i {
            let x = mirror[i] == i ? 0 : -random.uniform(0.1, 0.8)
            let (y, z) = (random.uniform(-0.8, 0.8), random.uniform(-0.5, 0.2))
            solid[i] = SIMD3(x, y, z)
            solid[mirror[i]] = SIMD3(-x, y, z)
        }
        solid[30].z = 0.5
        (solid[36], solid[45]) = (SIMD3(-0.5, -0.4, 0), SIMD3(0.5, -0.4, 0))
        return solid
    }

    private func circle(_ a: Point, _ b: Point, _ c: Point) -> (Point, Double) {
        let (p, q) = (b - a, c - a)
        let d = 2 * (p.x * q.y - p.y * q.x)
        let (pp, qq) = (p.x * p.x + p.y * p.y, q.x * q.x + q.y * q.y)
        let offset = Point((q.y * pp - p.y * qq) / d, (p.x * qq - q.x * pp) / d)
        return (a + offset, offset.length)
    }
}
