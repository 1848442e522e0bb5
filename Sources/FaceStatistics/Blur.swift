import Glibc

/// A plane blurred by a Gaussian of `deviation` samples; beyond the edge lies the edge.
func blurred(_ plane: [Float], width: Int, height: Int, deviation: Double) -> [Float] {
    precondition(plane.count == width * height, "\(plane.count) samples for \(width)×\(height)")
    let reach = Int((3 * deviation).rounded(.up))
    let bell = (-reach...reach).map { exp(-0.5 * Double($0 * $0) / (deviation * deviation)) }
    let sum = bell.reduce(0, +)
    let kernel = bell.map { Float($0 / sum) }
    func pass(_ source: [Float], _ place: (Int, Int, Int) -> Int) -> [Float] {
        (0..<(width * height)).map { i in
            var value: Float = 0
            for k in -reach...reach { value += kernel[k + reach] * source[place(i % width, i / width, k)] }
            return value
        }
    }
    let rows = pass(plane) { x, y, k in y * width + min(width - 1, max(0, x + k)) }
    return pass(rows) { x, y, k in min(height - 1, max(0, y + k)) * width + x }
}
