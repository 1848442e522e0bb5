import FaceTracking

/// Finds the blinks of one face, frame by frame, without looking ahead.
///
/// A blink is a quick dip of both eyes' opening below what it was in the second before, and a quick return. Each eye is taken as part of
/// its own opening, because what the network says of open and shut eyes depends on the person. Slow changes – a smile, a look down, a
/// nod – carry the level along.
struct BlinkDetector: Sendable {
    /// Part of the opening that must be lost for a blink; a shut eye may still be said to be half open.
    static let leastDepth = 0.25
    /// Part at which a dip begins to be watched.
    private static let onset = 0.15
    /// Part of the depth that must have returned at the end.
    private static let returned = 0.7
    /// Seconds that the lids may be more than half down; longer only where the eyes are shut for certain.
    private static let longest = 0.5
    /// The same where they are.
    private static let longestShut = 10.0
    /// Seconds in which lids that begin to rise must be half up: after a laugh or a squint they rise slowly.
    private static let longestRise = 0.25
    /// Part of the depth that is still counted as the bottom of the dip.
    private static let bottom = 0.85
    /// Part of the person's open eye below which it is shut for certain.
    private static let shutPart = 0.4
    /// Seconds that the level looks back.
    private static let memory = 1.0
    /// Seconds without the face after which all is forgotten.
    static let longestGap = 0.3
    /// A dip must be so many times as deep as the opening wavers from frame to frame.
    private static let noiseFactor = 6.0

    private struct Sample {
        let time: Double
        let right: Double
        let left: Double
    }

    private struct Dip {
        /// Last frame before it.
        let start: Double
        /// Levels of the eyes before it.
        let right: Double
        let left: Double
        var peak: Double
        var depth: Double
        /// Last frame at the bottom.
        var lastLow: Double
        /// When half of the depth so far was passed on the way back; nil while it was not.
        var halfUp: Double?
        /// When the dip was half as deep as it now is, on the way down.
        var halfDown: Double
        /// Openings of the eyes at the peak.
        var lowest: (right: Double, left: Double)
        /// Opening at the peak, of the eyes as far as each is believed.
        var lowestMean: Double
        /// Depth by time, on the way down.
        var fall: [(time: Double, depth: Double)]
    }

    private var samples: [Sample] = []
    private var dip: Dip?
    private var lastTime: Double?
    private var lastPart = 1.0
    /// Mean change of the opening from frame to frame, as part of it.
    private var noise = 0.01

    /// Whether lids are down in what is a blink as far as is known.
    var isBlinking: Bool {
        guard let dip else { return false }
        return dip.depth >= Self.leastDepth && dip.halfUp == nil
    }

    /// Openings of the eyes at the peak of the dip that ended last.
    private(set) var lowest: (right: Double, left: Double)?

    /// Takes the openings of a frame; a blink that is over by it is returned. `shares`: how much each eye is to be believed. `open`: mean
    /// opening of the person's open eyes, where known.
    mutating func add(
        time: Double, right: Double, left: Double, shares: (right: Double, left: Double) = (0.5, 0.5), open: Double?
    ) -> Blink? {
        if let lastTime, time - lastTime > Self.longestGap || time <= lastTime { self = BlinkDetector() }
        defer { lastTime = time }
        let sample = Sample(time: time, right: right, left: left)
        guard let level = level(before: time) else {
            samples.append(sample)
            return nil
        }
        let base = dip.map { ($0.right, $0.left) } ?? level
        let part = shares.right * min(1.5, right / base.0) + shares.left * min(1.5, left / base.1)
        let opening = shares.right * right + shares.left * left
        defer { lastPart = part }
        if dip == nil {
            guard part < 1 - Self.onset else {
                noise += 0.05 * (min(abs(part - lastPart), 0.1) - noise)
                samples.append(sample)
                return nil
            }
            let start = lastTime ?? time
            dip = Dip(
                start: start, right: base.0, left: base.1, peak: time, depth: 1 - part, lastLow: time, halfUp: nil,
                halfDown: time,
                lowest: (right, left), lowestMean: opening, fall: [(start, max(0, 1 - lastPart)), (time, 1 - part)])
            return nil
        }
        return follow(part, opening, sample, open)
    }

    // MARK: Dip

    private mutating func follow(_ part: Double, _ opening: Double, _ sample: Sample, _ open: Double?) -> Blink? {
        guard var dip else { return nil }
        let (time, depth) = (sample.time, 1 - part)
        if depth > dip.depth {
            (dip.peak, dip.depth, dip.halfUp) = (time, depth, nil)
            (dip.lowest, dip.lowestMean) = ((sample.right, sample.left), opening)
            dip.fall.append((time, depth))
            dip.halfDown = dip.fall.first { $0.depth >= depth / 2 }?.time ?? time
        } else if depth < dip.depth / 2 {
            dip.halfUp = dip.halfUp ?? time
        } else {
            dip.halfUp = nil
        }
        if depth >= Self.bottom * dip.depth { dip.lastLow = time }
        self.dip = dip
        let isOver = depth <= (1 - Self.returned) * dip.depth || dip.halfUp.map { time - $0 > 0.25 } ?? false
        let isShut = open.map { dip.lowestMean < Self.shutPart * $0 } ?? false
        let halfTime = (dip.halfUp ?? time) - dip.halfDown
        if isOver {
            forget(sample)
            lowest = dip.lowest
            let isDeep = dip.depth >= max(Self.leastDepth, Self.noiseFactor * noise)
            let isShort = halfTime <= (isShut ? Self.longestShut : Self.longest)
            let isQuick = (dip.halfUp ?? time) - dip.lastLow <= Self.longestRise
            guard isDeep, isShort, isQuick else { return nil }
            return Blink(start: dip.start, peak: dip.peak, end: time, depth: min(1, dip.depth))
        }
        if halfTime > (isShut ? Self.longestShut : Self.longest) || time - dip.start > Self.longestShut {
            forget(sample)
        }
        return nil
    }

    /// Ends the dip: what comes is compared with the opening from here on.
    private mutating func forget(_ sample: Sample) {
        dip = nil
        samples = [sample]
    }

    /// The median opening of each eye in the last second.
    private mutating func level(before time: Double) -> (right: Double, left: Double)? {
        if dip != nil { return dip.map { ($0.right, $0.left) } }
        samples.removeAll { $0.time < time - Self.memory }
        guard samples.count >= 2 else { return nil }
        let middle = samples.count / 2
        let level = (samples.map(\.right).sorted()[middle], samples.map(\.left).sorted()[middle])
        return level.0 > 0.02 && level.1 > 0.02 ? level : nil
    }
}
