import Base

/// Holds back who takes more of something than a rate allows, after a burst that is free.
///
/// Source: the generic cell rate algorithm, ITU-T I.371.
struct Throttle {
    private let rate: Double
    private let burst: Double
    /// When all that was taken so far would have come at the rate, in monotonic seconds.
    private var due = 0.0

    /// `rate`: a second; `burst`: how much more may come at once.
    init(rate: Double, burst: Double) { (self.rate, self.burst) = (rate, burst) }

    /// Takes so much; the seconds to wait before it is used.
    mutating func take(_ amount: Double, now: Double = monotonicSeconds()) -> Double {
        due = max(due, now - burst / rate) + amount / rate
        return max(0, due - now)
    }
}
