import Base

/// Random values at whole coordinates and smooth ones between them: cloth, hair, backgrounds.
struct SmoothNoise {
    private let lattice: [Float]

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        lattice = (0..<4096).map { _ in Float(random.uniform(-1, 1)) }
    }

    /// −1…1; repeats every 64 in both directions.
    func callAsFunction(_ x: Float, _ y: Float) -> Float {
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (column, row) = (Int(left), Int(top))
        let (s, t) = (ramp(0, 1, x - left), ramp(0, 1, y - top))
        let upper = node(column, row) * (1 - s) + node(column + 1, row) * s
        let lower = node(column, row + 1) * (1 - s) + node(column + 1, row + 1) * s
        return upper * (1 - t) + lower * t
    }

    /// Several octaves, each twice as fine and half as strong. About −1…1.
    func fractal(_ x: Float, _ y: Float, octaves: Int) -> Float {
        var (sum, strength, size) = (Float(0), Float(0.5), Float(1))
        for _ in 0..<octaves {
            sum += strength * self(x * size, y * size)
            (strength, size) = (strength / 2, size * 2)
        }
        return sum
    }

    private func node(_ column: Int, _ row: Int) -> Float { lattice[(row & 63) << 6 | (column & 63)] }
}
