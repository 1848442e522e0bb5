/// How far a person's eye is open and shut, learned while it is watched: what is usual for faces and what the network makes of lids
/// differ from person to person.
///
/// Openings are counted by size; older ones fade, so that a person who moves nearer, turns or tires is learned again.
struct OpenEye: Sendable {
    private static let bins = 80
    /// Opening that belongs to the last bin.
    private static let largest = 0.8
    /// Seconds in which an opening loses two thirds of its weight.
    private static let memory = 30.0
    /// Seconds of openings that are needed before anything is said.
    private static let least = 0.3
    /// Share of the time in which the eye is less open than "open": blinks and looks down do not count.
    private static let quantile = 0.7
    /// Until blinks have shown it, how far a shut eye is taken to be open, as part of an open one.
    private static let shutPart = 0.3

    private var counts = [Double](repeating: 0, count: bins)
    private var seconds = 0.0
    /// Openings at the peaks of the last blinks, newest last.
    private var shut: [Double] = []

    /// Takes an opening that lasted `step` seconds.
    mutating func add(_ opening: Double, step: Double) {
        let fade = max(0, 1 - step / Self.memory)
        for index in counts.indices { counts[index] *= fade }
        seconds = seconds * fade + step
        let place = Int(max(0, min(opening / Self.largest, 1)) * Double(Self.bins - 1))
        counts[place] += step
    }

    /// Takes the opening at the peak of a blink.
    mutating func addBlink(_ opening: Double) { shut = shut.suffix(8) + [opening] }

    /// Opening of the open eye; nil before it is known.
    var open: Double? {
        guard seconds >= Self.least else { return nil }
        var rest = Self.quantile * seconds
        for (index, count) in counts.enumerated() where count > 0 {
            if rest <= count {
                let width = Self.largest / Double(Self.bins - 1)
                return (Double(index) + max(0, rest) / count) * width
            }
            rest -= count
        }
        return nil
    }

    /// 0: shut as in blinks, 1: open as usual, nil before that is known.
    func relative(_ opening: Double) -> Double? {
        guard let open, open > 0.02 else { return nil }
        let usual = Self.shutPart * open
        // The median: somebody who only half shuts their eyes once shall not change it.
        let known = shut.isEmpty ? usual : shut.sorted()[shut.count / 2]
        let low = min(known, 0.7 * open)
        return max(0, min(1, (opening - low) / (open - low)))
    }
}
