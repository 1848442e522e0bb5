import CKernels
import TestSupport
import Testing

/// Kernels that walk over rows of channels, with channels around the vectors' widths.
@Suite struct ElementwiseTests {
    private static let channels = [1, 3, 4, 5, 8, 15, 16, 17, 35]
    private static let lengths = [0, 1, 7, 8, 9, 15, 16, 17, 1003, 8200]

    /// Numbers on both sides of the kinks of hard swish, and on them.
    private func spread(_ count: Int, seed: UInt64) -> [Float] {
        var values = uniform(count, -6, 6, seed: seed)
        for (index, value) in zip(values.indices, [-3, 3, 0, -1e6, 1e6] as [Float]) { values[index] = value }
        return values
    }

    private func variants(_ body: (_ scaled: Bool, _ shifted: Bool, _ activation: Int32) -> Void) {
        for variant in 0..<8 { body(variant & 1 != 0, variant & 2 != 0, Int32(variant >> 2)) }
    }

    @Test(arguments: Level.all, channels) func affineMatchesItsTwin(level: Level, channels: Int) {
        let (rows, xRow, yRow) = (5, channels + 2, channels + 1)
        let x = Block(spread(rows * xRow, seed: 1))
        let scale = Block(uniform(channels, -2, 2, seed: 2))
        let shift = Block(uniform(channels, seed: 3))
        let before = uniform(rows * yRow, seed: 4)
        variants { scaled, shifted, activation in
            let y = Block(before)
            level.kernels.affine(
                y.base, yRow, x.base, xRow, rows, channels, scaled ? scale.base : nil, shifted ? shift.base : nil,
                activation)
            var wanted = before.map(Double.init)
            for r in 0..<rows {
                for c in 0..<channels {
                    let (a, b) = (scaled ? Double(scale.base[c]) : 1, shifted ? Double(shift.base[c]) : 0)
                    wanted[r * yRow + c] = activated(Double(x.base[r * xRow + c]) * a + b, activation)
                }
            }
            y.expect(wanted, "scale \(scaled), shift \(shifted), activation \(activation)")
        }
    }

    @Test(arguments: Level.all) func affineInPlace(level: Level) {
        let x = spread(3 * 21, seed: 1)
        let y = Block(x)
        level.kernels.affine(y.base, 21, y.base, 21, 3, 21, nil, nil, 1)
        y.expect(x.map { activated(Double($0), 1) }, "in place")
    }

    @Test(arguments: Level.all, channels) func affineBackwardMatchesItsTwin(level: Level, channels: Int) {
        let (rows, stride) = (7, channels + 3)
        var numbers = uniform(rows * channels, -6, 6, seed: 1)
        for (index, value) in zip(numbers.indices, [-3, 3, 0] as [Float]) { numbers[index] = value }
        let x = Block(numbers)
        let da = Block(uniform(rows * stride, seed: 2))
        let scale = Block(uniform(channels, 0.5, 2, seed: 3))
        let shift = Block(uniform(channels, seed: 4))
        let before = uniform(rows * channels, seed: 5)
        variants { scaled, shifted, activation in
            for accumulates in [false, true] {
                let g = Block(before)
                var (sumG, sumGX) = (
                    [Double](repeating: 0.5, count: channels), [Double](repeating: -1, count: channels)
                )
                level.kernels.affine_backward(
                    g.base, da.base, stride, x.base, rows, channels, scaled ? scale.base : nil,
                    shifted ? shift.base : nil, activation, accumulates ? 1 : 0, &sumG, &sumGX)
                var (wanted, wantedG, wantedGX) = (
                    before.map { accumulates ? Double($0) : 0 }, [Double](repeating: 0.5, count: channels),
                    [Double](repeating: -1, count: channels)
                )
                for r in 0..<rows {
                    for c in 0..<channels {
                        let (a, b) = (scaled ? Double(scale.base[c]) : 1, shifted ? Double(shift.base[c]) : 0)
                        let value = Double(x.base[r * channels + c])
                        let t = Double(da.base[r * stride + c]) * activationSlope(value * a + b, activation)
                        wanted[r * channels + c] += t
                        wantedG[c] += t
                        wantedGX[c] += t * value
                    }
                }
                let name = "scale \(scaled), shift \(shifted), activation \(activation), adding \(accumulates)"
                g.expect(wanted, name)
                #expect(zip(sumG, wantedG).allSatisfy { abs($0 - $1) < 2e-5 }, "Σ g: \(name)")
                #expect(zip(sumGX, wantedGX).allSatisfy { abs($0 - $1) < 1e-4 }, "Σ g·x: \(name)")
            }
        }
        let g = Block(before)
        level.kernels.affine_backward(
            g.base, da.base, stride, x.base, rows, channels, nil, nil, 0, 0, nil, nil)
        let copied = (0..<rows).flatMap { r in (0..<channels).map { Double(da.base[r * stride + $0]) } }
        g.expect(copied, tolerance: 0, "without sums")
    }

    @Test(arguments: Level.all, channels) func columnSumsMatchTheirTwin(level: Level, channels: Int) {
        for rows in [1, 2, 5, 100] {
            let x = Block(uniform(rows * channels, seed: 1))
            var (sum, square) = ([Double](repeating: 3, count: channels), [Double](repeating: 4, count: channels))
            level.kernels.column_sums(x.base, rows, channels, &sum, &square)
            for c in 0..<channels {
                let column = (0..<rows).map { Double(x.base[$0 * channels + c]) }
                #expect(abs(sum[c] - column.reduce(3, +)) < 1e-5)
                #expect(abs(square[c] - column.reduce(4) { $0 + $1 * $1 }) < 1e-5)
            }
        }
    }

    @Test(arguments: Level.all, channels) func blendMatchesItsTwin(level: Level, channels: Int) {
        let rows = 4
        let (g, x) = (Block(uniform(rows * channels, seed: 1)), Block(uniform(rows * channels, seed: 2)))
        let factors = (3...5).map { Block(uniform(channels, seed: $0)) }
        let before = uniform(rows * channels, seed: 6)
        for accumulates in [false, true] {
            let y = Block(before)
            level.kernels.blend(
                y.base, g.base, x.base, rows, channels, factors[0].base, factors[1].base, factors[2].base,
                accumulates ? 1 : 0)
            let wanted = before.indices.map { i in
                let f = factors.map { Double($0.base[i % channels]) }
                let sum = f[0] * Double(g.base[i]) + f[1] * Double(x.base[i]) + f[2]
                return sum + (accumulates ? Double(before[i]) : 0)
            }
            y.expect(wanted, "adding \(accumulates)")
        }
    }

    @Test(arguments: Level.all, lengths) func sumsOfArraysMatchTheirTwins(level: Level, count: Int) {
        let (x, before) = (Block(uniform(count, seed: 1)), uniform(count, seed: 2))
        let added = Block(before)
        level.kernels.add_scaled(added.base, x.base, -1.5, count)
        added.expect(zip(before, x.values).map { Double($0) - 1.5 * Double($1) }, "add_scaled")
        let moved = Block(before)
        level.kernels.lerp(moved.base, x.base, 0.125, count)
        moved.expect(zip(before, x.values).map { Double($0) + (Double($1) - Double($0)) / 8 }, "lerp")
        let dot = level.kernels.dot(x.base, added.base, count)
        let wanted = zip(x.values, added.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        #expect(abs(dot - wanted) < 1e-6 * max(1, abs(wanted)))
    }

    @Test func infinityAndNaNAreFoundAnywhere() {
        #expect(lm_all_finite([], 0) == 1)
        for count in [1, 5, 37] {
            var values = uniform(count, -1e30, 1e30, seed: 1)
            #expect(lm_all_finite(values, count) == 1)
            for index in values.indices {
                let kept = values[index]
                for bad in [Float.nan, .infinity, -.infinity] {
                    values[index] = bad
                    #expect(lm_all_finite(values, count) == 0)
                }
                values[index] = kept
            }
        }
    }
}
