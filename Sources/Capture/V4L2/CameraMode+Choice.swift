import Glibc

extension CameraRequest {
    /// The mode and rate that serve the request best: the rate held first, then the size, then the fewest conversions.
    ///
    /// Each is a cost, and the costs add up: raw pictures at 5 frames a second lose against JPEG at 30, and raw
    /// pictures of the size against JPEG of the same. Nil where no mode has the asked format. Among equals the first
    /// one listed.
    func best(of modes: [CameraMode]) -> (mode: CameraMode, rate: Double?)? {
        let wanted = format.flatMap { PixelCode($0) }
        let possible = format == nil ? modes : modes.filter { $0.code == wanted }
        let choices = possible.map { mode in
            let rate = nearestRate(mode.rates)
            return (mode: mode, rate: rate, cost: cost(mode, rate: rate))
        }
        return choices.min { $0.cost < $1.cost }.map { ($0.mode, $0.rate) }
    }

    /// What landmarkd aims at where nothing is asked for: enough for a face that fills a fifth of the picture's height.
    private static let usualSize = (width: 640, height: 480)
    private static let usualRate = 30.0

    private var wantedRate: Double { rate ?? Self.usualRate }

    /// The slowest rate that is fast enough, else the fastest; nil where the camera tells none.
    private func nearestRate(_ rates: [Double]) -> Double? {
        rates.filter { $0 >= wantedRate * Self.tolerance }.min() ?? rates.max()
    }

    /// A rate of 29.97 holds one of 30.
    private static let tolerance = 0.97

    /// In doublings: half the rate costs 4, half the pixels 2, twice the pixels 1; an asked size counts ten times.
    private func cost(_ mode: CameraMode, rate: Double?) -> Double {
        let target = size ?? Self.usualSize
        let doublings = log2(Double(mode.width * mode.height) / Double(target.width * target.height))
        var cost = doublings < 0 ? -2 * doublings : doublings
        if size != nil {
            let isExact = mode.width == target.width && mode.height == target.height
            cost = 10 * cost + (isExact ? 0 : 5)
        }
        switch mode.code.reading {
        case .raw: cost += mode.code.isGrey ? 0.1 : 0  // colour where it costs nothing
        case .jpeg: cost += 0.5
        case .converted: cost += 1.5
        }
        guard let rate else { return cost + 0.3 }
        let speed = log2(rate / wantedRate)
        return cost + (rate < wantedRate * Self.tolerance ? -4 * speed : 0.2 * max(0, speed))
    }
}
