import Glibc

/// Weights of a filter that smears along a straight stroke through its middle, as a moving head in a long exposure.
struct Stroke {
    private(set) var across: [Int32] = []
    private(set) var down: [Int32] = []
    private(set) var weights: [Float] = []
    private(set) var reach = 0
    private var grid: [Double] = []

    /// `length` in pixels, 0…31; drawn by points a quarter of a pixel apart, each shared among its four neighbours.
    mutating func draw(length: Double, angle: Double) {
        precondition(0...31 ~= length, "stroke of \(length) pixels")
        reach = min(16, Int(length / 2) + 1)
        let width = 2 * reach + 2
        grid.removeAll(keepingCapacity: true)
        grid.append(contentsOf: repeatElement(0, count: width * width))
        let count = max(1, Int(4 * length))
        for k in 0..<count {
            let t = ((Double(k) + 0.5) / Double(count) - 0.5) * length
            let (x, y) = (t * cos(angle) + Double(reach), t * sin(angle) + Double(reach))
            let (i, j) = (Int(x), Int(y))
            let (fx, fy) = (x - Double(i), y - Double(j))
            grid[j * width + i] += (1 - fx) * (1 - fy)
            grid[j * width + i + 1] += fx * (1 - fy)
            grid[(j + 1) * width + i] += (1 - fx) * fy
            grid[(j + 1) * width + i + 1] += fx * fy
        }
        collect(width: width, total: Double(count))
    }

    private mutating func collect(width: Int, total: Double) {
        across.removeAll(keepingCapacity: true)
        down.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        for j in 0...(2 * reach) {
            for i in 0...(2 * reach) where grid[j * width + i] > 0 {
                across.append(Int32(i - reach))
                down.append(Int32(j - reach))
                weights.append(Float(grid[j * width + i] / total))
            }
        }
    }
}
