import Base

/// Tries the cascade's own presence on windows of all sizes over the frame: slow, and needs nothing but the cascade.
///
/// Side of the windows: from `smallest` of the frame's shorter side in steps of √2 up to 1.3 of it; neighbours are a quarter of a side
/// apart.
public final class WindowScan: FaceLocator {
    /// Presence from which a window is proposed.
    public var threshold = 0.3
    /// Most proposals.
    public var proposals = 16
    /// Side of the smallest window over the frame's shorter side.
    public var smallest = 0.2
    private let runner: CascadeRunner

    public init(_ model: CascadeModel) { runner = CascadeRunner(model, passes: 1) }

    public func locate(_ frame: Frame) -> [SimilarityMap] {
        var found: [(map: SimilarityMap, presence: Double)] = []
        for window in windows(frame) {
            let presence = runner.run(frame, window, prior: nil, passes: 1)[0].presence
            if presence >= threshold { found.append((window, presence)) }
        }
        found.sort { $0.presence > $1.presence }
        return thinned(found.map(\.map))
    }

    /// All windows, largest first.
    private func windows(_ frame: Frame) -> [SimilarityMap] {
        let (width, height) = (Double(frame.displayWidth), Double(frame.displayHeight))
        let shorter = min(width, height)
        var windows: [SimilarityMap] = []
        var side = 1.3 * shorter
        while side >= smallest * shorter {
            for y in centres(height, side) {
                for x in centres(width, side) {
                    windows.append(SimilarityMap(scale: side, angle: 0, from: Point(0.5, 0.5), to: Point(x, y)))
                }
            }
            side /= 2.0.squareRoot()
        }
        return windows
    }

    /// Centres of windows along an axis: a window may stand out of the picture by a quarter.
    private func centres(_ length: Double, _ side: Double) -> [Double] {
        let (first, last) = (side / 4, length - side / 4)
        guard last > first else { return [length / 2] }
        let count = Int(((last - first) / (side / 4)).rounded(.up)) + 1
        return (0..<count).map { first + (last - first) * Double($0) / Double(count - 1) }
    }

    /// The best windows, without those that lie almost on a better one.
    private func thinned(_ windows: [SimilarityMap]) -> [SimilarityMap] {
        var kept: [SimilarityMap] = []
        for window in windows where kept.count < proposals {
            let centre = window(Point(0.5, 0.5))
            let isNew = kept.allSatisfy {
                ($0(Point(0.5, 0.5)) - centre).length > 0.2 * max($0.scale, window.scale)
                    || max($0.scale, window.scale) > 1.3 * min($0.scale, window.scale)
            }
            if isNew { kept.append(window) }
        }
        return kept
    }
}
