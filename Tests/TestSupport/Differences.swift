import Base

/// Slope of `function` where `values` move along `direction`, by central differences of fourth order; `values` are as before afterwards.
///
/// Error: about step⁴ × the fifth derivative, plus the rounding of `function` over `step`.
public func slope(
    of function: () -> Double, moving values: UnsafeMutableBufferPointer<Float>, along direction: [Float], step: Double
) -> Double {
    precondition(values.count == direction.count, "direction of \(direction.count) for \(values.count) values")
    let before = Array(values)
    func at(_ steps: Double) -> Double {
        for i in values.indices { values[i] = before[i] + Float(steps * step) * direction[i] }
        return function()
    }
    let slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)
    for i in values.indices { values[i] = before[i] }
    return slope
}

/// `count` numbers, uniform in `low`...`high`.
public func uniform(_ count: Int, _ low: Double = -1, _ high: Double = 1, seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float(random.uniform(low, high)) }
}
