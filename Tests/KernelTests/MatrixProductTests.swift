import CKernels
import TestSupport
import Testing

@Suite struct MatrixProductTests {
    /// Rows around the heights of tiles, columns around the widths of panels, depths around the block of 512.
    private static let sizes = [
        (1, 1, 1), (4, 3, 7), (5, 4, 2), (6, 16, 9), (7, 17, 31), (3, 8, 513), (13, 31, 5), (16, 33, 4), (25, 48, 3),
        (9, 67, 12), (2, 112, 11), (18, 2, 1030), (50, 5, 1), (3, 18, 0),
    ]

    /// C = act(A·B (+ C) + bias), A as it lies or transposed, rows of B and C with gaps between them.
    @Test(arguments: Level.all, sizes) func productMatchesItsTwin(level: Level, size: (m: Int, n: Int, k: Int)) {
        let (m, n, k) = (size.m, size.n, size.k)
        let (bRow, cRow) = (n + 3, n + 2)
        let a = Block(uniform(m * k, seed: 1))
        let b = Block(uniform(k * bRow, seed: 2))
        let bias = Block(uniform(n, -2, 2, seed: 3))
        let before = uniform(m * cRow, seed: 4)
        for variant in 0..<16 {
            let (transposed, accumulates) = (variant & 1 != 0, variant & 2 != 0)
            let (biased, activation) = (variant & 4 != 0, Int32(variant >> 3))
            let (aRow, aColumn) = transposed ? (1, m) : (k, 1)
            let c = Block(before)
            level.kernels.gemm(
                Int32(m), Int32(n), Int32(k), a.base, aRow, aColumn, b.base, bRow, c.base, cRow, accumulates ? 1 : 0,
                biased ? bias.base : nil, activation)
            var wanted = before.map(Double.init)
            for i in 0..<m {
                for j in 0..<n {
                    var sum = accumulates ? Double(before[i * cRow + j]) : 0
                    for p in 0..<k { sum += Double(a.base[i * aRow + p * aColumn]) * Double(b.base[p * bRow + j]) }
                    wanted[i * cRow + j] = activated(sum + (biased ? Double(bias.base[j]) : 0), activation)
                }
            }
            c.expect(wanted, tolerance: 5e-6, "\(size), variant \(variant)")
        }
    }

    @Test(arguments: Level.all, [(1, 1), (3, 17), (16, 16), (33, 5)])
    func transposeMatchesItsTwin(level: Level, size: (rows: Int, columns: Int)) {
        let x = uniform(size.rows * size.columns, seed: 5)
        let y = Block(unset: x.count)
        level.kernels.transpose(y.base, x, Int32(size.rows), Int32(size.columns))
        let wanted = (0..<size.columns).flatMap { c in (0..<size.rows).map { Double(x[$0 * size.columns + c]) } }
        y.expect(wanted, tolerance: 0, "\(size)")
    }
}
