import Testing

/// Floats between guard cells, away from any alignment but that of a float.
final class Block {
    let count: Int
    let base: UnsafeMutablePointer<Float>
    private let memory: UnsafeMutablePointer<Float>
    private static let margin = 17
    private static let guardValue: Float = -7.25

    init(_ values: [Float]) {
        count = values.count
        let all = count + 2 * Self.margin
        let raw = UnsafeMutableRawPointer.allocate(byteCount: all * MemoryLayout<Float>.stride, alignment: 64)
        memory = raw.initializeMemory(as: Float.self, repeating: Self.guardValue, count: all)
        base = memory + Self.margin
        for i in 0..<count { base[i] = values[i] }
    }

    /// Cells that a kernel must overwrite.
    convenience init(unset count: Int) { self.init([Float](repeating: 1e30, count: count)) }

    deinit { memory.deallocate() }

    var values: [Float] { (0..<count).map { base[$0] } }

    /// Expects these numbers, up to `tolerance` × the largest of them (or 1), and the guard cells as they were.
    func expect(
        _ wanted: [Double], tolerance: Double = 2e-6, _ what: @autoclosure () -> String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let largest = wanted.reduce(1) { max($0, abs($1)) }
        let wrong = (0..<count).first { !(abs(Double(base[$0]) - wanted[$0]) <= tolerance * largest) }
        #expect(wanted.count == count, sourceLocation: sourceLocation)
        if let wrong {
            Issue.record(
                "\(what()): [\(wrong)] is \(base[wrong]), not \(wanted[wrong])", sourceLocation: sourceLocation)
        }
        let margins = (0..<Self.margin).flatMap { [memory[$0], base[count + $0]] }
        #expect(
            margins.allSatisfy { $0 == Self.guardValue }, "\(what()): wrote outside", sourceLocation: sourceLocation)
    }
}

/// x · clamp(x + 3, 0, 6) / 6 where `activation` is 1.
func activated(_ x: Double, _ activation: Int32) -> Double {
    activation == 1 ? x * min(max(x + 3, 0), 6) / 6 : x
}

/// Its slope; at the kinks that of the flat and of the straight side.
func activationSlope(_ x: Double, _ activation: Int32) -> Double {
    activation == 0 || x >= 3 ? 1 : x <= -3 ? 0 : (2 * x + 3) / 6
}
