import Glibc

/// Learning rate over a run: a linear warm-up, then half a cosine down to a hundredth of the peak.
///
/// Source: Loshchilov and Hutter 2017, "SGDR", eq. 5, without restarts.
package struct CosineSchedule: Sendable, Equatable {
    package var peak: Double
    package var warmUpSteps: Int

    package init(peak: Double = 2e-3, warmUpSteps: Int = 150) { (self.peak, self.warmUpSteps) = (peak, warmUpSteps) }

    /// - Parameter progress: share of the run's samples seen, 0…1.
    package func rate(step: Int, progress: Double) -> Double {
        let warmUp = min(1, Double(step + 1) / Double(max(1, warmUpSteps)))
        return peak * warmUp * (0.01 + 0.99 * (0.5 + 0.5 * cos(.pi * min(1, progress))))
    }
}
