import CKernels
import Glibc
import TestSupport
import Testing

/// Softmax over places and over rows, expectations and heatmap losses. A map of rows·sub × columns·sub places lies as cells of sub×sub.
@Suite struct HeatmapKernelTests {
    struct Size: Sendable, CustomTestStringConvertible {
        let rows, columns, sub, points: Int
        var cells: Int { rows * columns }
        var parts: Int { sub * sub }
        var count: Int { cells * parts * points }
        var testDescription: String { "\(rows)×\(columns), \(sub)×\(sub), \(points) points" }

        init(_ rows: Int, _ columns: Int, _ sub: Int, _ points: Int) {
            (self.rows, self.columns, self.sub, self.points) = (rows, columns, sub, points)
        }

        /// Calls with (row and column of the fine map, point, index).
        func places(_ body: (Int, Int, Int, Int) -> Void) {
            for i in 0..<rows * sub {
                for j in 0..<columns * sub {
                    let place = ((i / sub) * columns + j / sub) * parts + (i % sub) * sub + j % sub
                    for l in 0..<points { body(i, j, l, place * points + l) }
                }
            }
        }
    }

    static let sizes = [Size(1, 1, 1, 1), Size(2, 3, 1, 5), Size(3, 2, 2, 7), Size(4, 4, 2, 17), Size(5, 3, 2, 68)]
    private let gain: Float = 12

    /// Softmax of each point's map in double precision, times the gain; log-sums.
    private func softmax(_ z: [Float], _ size: Size) -> (p: [Double], logSum: [Double]) {
        var (p, logSum) = ([Double](repeating: 0, count: z.count), [Double](repeating: 0, count: size.points))
        for l in 0..<size.points {
            let places = stride(from: l, to: z.count, by: size.points)
            let top = places.reduce(-Double.infinity) { max($0, Double(z[$1])) }
            let total = places.reduce(0) { $0 + exp(Double(z[$1]) - top) }
            logSum[l] = top + log(total)
            for i in places { p[i] = Double(gain) * exp(Double(z[i]) - top) / total }
        }
        return (p, logSum)
    }

    @Test(arguments: Level.all, sizes) func spatialSoftmaxMatchesItsTwin(level: Level, size: Size) {
        for range in [1.0, 60] {
            let z = uniform(size.count, -range, range, seed: 1)
            let (p, logSum, peak) = (Block(unset: size.count), Block(unset: size.points), Block(unset: size.points))
            level.kernels.spatial_softmax(
                p.base, logSum.base, peak.base, z, size.cells, Int32(size.parts), Int32(size.points), gain)
            let wanted = softmax(z, size)
            p.expect(wanted.p, tolerance: 1e-6, "p")
            logSum.expect(wanted.logSum, tolerance: 1e-6, "log sum")
            let peaks = (0..<size.points).map { point in
                stride(from: point, to: size.count, by: size.points).reduce(0) { max($0, wanted.p[$1]) }
            }
            peak.expect(peaks.map { $0 / Double(gain) }, tolerance: 1e-6, "peak")
        }
    }

    @Test(arguments: Level.all, sizes) func spatialSoftmaxBackwardMatchesItsTwin(level: Level, size: Size) {
        let p = softmax(uniform(size.count, -2, 2, seed: 1), size).p
        let dp = uniform(size.count, seed: 2)
        let dz = Block(dp)
        level.kernels.spatial_softmax_backward(
            dz.base, dz.base, p.map { Float($0) }, size.cells, Int32(size.parts), Int32(size.points), gain)
        var mean = [Double](repeating: 0, count: size.points)
        for i in p.indices { mean[i % size.points] += p[i] * Double(dp[i]) / Double(gain) }
        dz.expect(p.indices.map { p[$0] * (Double(dp[$0]) - mean[$0 % size.points]) }, "in place")
    }

    @Test(arguments: Level.all, sizes) func expectationAndItsGradientMatchTheirTwins(level: Level, size: Size) {
        let p = uniform(size.count, 0, 1, seed: 1)
        let px = (0..<size.columns * size.sub).map { 0.3 + 0.07 * Float($0) }
        let py = (0..<size.rows * size.sub).map { -0.2 + 0.05 * Float($0) }
        let dxy = uniform(2 * size.points, seed: 4)
        let before = uniform(size.count, seed: 5)
        let (xy, dp) = (Block(unset: 2 * size.points), Block(before))
        let (rows, columns, sub) = (Int32(size.rows), Int32(size.columns), Int32(size.sub))
        level.kernels.expectation(xy.base, p, rows, columns, sub, Int32(size.points), px, py, gain)
        level.kernels.expectation_backward(dp.base, dxy, rows, columns, sub, Int32(size.points), px, py, gain)
        var (wanted, wantedP) = ([Double](repeating: 0, count: 2 * size.points), before.map(Double.init))
        size.places { i, j, l, index in
            let (x, y) = (Double(px[j]) / Double(gain), Double(py[i]) / Double(gain))
            wanted[l] += Double(p[index]) * x
            wanted[size.points + l] += Double(p[index]) * y
            wantedP[index] += Double(dxy[l]) * x + Double(dxy[size.points + l]) * y
        }
        xy.expect(wanted, "xy")
        dp.expect(wantedP, "dp")
    }

    @Test(arguments: Level.all, sizes) func outerMapsAndTheirLossMatchTheirTwins(level: Level, size: Size) {
        let gx = uniform(size.columns * size.sub * size.points, 0, 1, seed: 1)
        let gy = uniform(size.rows * size.sub * size.points, 0, 1, seed: 2)
        let (z, p) = (uniform(size.count, -3, 3, seed: 3), uniform(size.count, 0, 2, seed: 4))
        let (t, dz, dot) = (Block(unset: size.count), Block(unset: size.count), Block(unset: size.points))
        let (rows, columns, sub) = (Int32(size.rows), Int32(size.columns), Int32(size.sub))
        level.kernels.outer_maps(t.base, rows, columns, sub, Int32(size.points), gx, gy, gain)
        level.kernels.heatmap_loss(
            dz.base, dot.base, z, p, rows, columns, sub, Int32(size.points), gx, gy, gain, 0.25)
        var (wantedT, wantedZ) = ([Double](repeating: 0, count: size.count), [Double](repeating: 0, count: size.count))
        var wantedDot = [Double](repeating: 0, count: size.points)
        size.places { i, j, l, index in
            let target = Double(gy[i * size.points + l]) * Double(gx[j * size.points + l])
            wantedT[index] = Double(gain) * target
            wantedZ[index] = 0.25 * (Double(p[index]) / Double(gain) - target)
            wantedDot[l] += target * Double(z[index])
        }
        t.expect(wantedT, "maps")
        dz.expect(wantedZ, "dz")
        dot.expect(wantedDot, tolerance: 1e-5, "dot")
    }

    @Test(arguments: Level.all, [1, 5, 16, 64, 67]) func rowSoftmaxAndItsGradientMatchTheirTwins(
        level: Level, columns: Int
    ) {
        let (rows, scale) = (3, Float(0.7))
        for range in [1.0, 200] {
            let x = uniform(rows * columns, -range, range, seed: 1)
            let y = Block(x)
            level.kernels.row_softmax(y.base, rows, columns, scale)
            let dy = uniform(rows * columns, seed: 2)
            let dx = Block(dy)
            level.kernels.row_softmax_backward(dx.base, dx.base, y.base, rows, columns, scale)
            var (wanted, wantedX): ([Double], [Double]) = ([], [])
            for r in 0..<rows {
                let row = x[r * columns..<(r + 1) * columns].map { Double($0) * Double(scale) }
                let exponentials = row.map { exp($0 - row.max()!) }
                let p = exponentials.map { $0 / exponentials.reduce(0, +) }
                let slopes = dy[r * columns..<(r + 1) * columns].map(Double.init)
                let mean = zip(p, slopes).reduce(0) { $0 + $1.0 * $1.1 }
                wanted += p
                wantedX += zip(p, slopes).map { Double(scale) * $0 * ($1 - mean) }
            }
            y.expect(wanted, tolerance: 1e-6, "softmax")
            dx.expect(wantedX, tolerance: 1e-6, "gradient")
        }
    }

    /// Relative error, over all that a softmax can ask for.
    @Test(arguments: Level.all) func exponentialsAreAccurate(level: Level) {
        for x in stride(from: Float(-86), through: 0, by: 0.37) {
            var row: [Float] = [0, x]
            level.kernels.row_softmax(&row, 1, 2, 1)
            let wanted = exp(Double(x))
            #expect(abs(Double(row[1] / row[0]) / wanted - 1) < 4e-7, "exp(\(x))")
        }
    }
}
