import Glibc

extension SplitMix64 {
    /// Standard normal, by Box and Muller's transform.
    package mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }
}
