import Base

/// Tells from the frames themselves where another scene begins.
///
/// A frame is of another scene where it hardly continues the frame before, and much less than usual: motion, shaking and noise lower the
/// continuity of all frames, a cut that of one. On real clips and drawn ones it is 0.5 and more within a scene, under 0.4 at cuts. What is brighter or darker is found all the same; pictures too flat to tell, as in
/// a flash or in the dark, are passed over, and the next one is compared with the last that had something to see.
struct SceneWatch {
    enum Change: Equatable {
        case none
        /// Another scene begins.
        case cut
        /// And another one, sooner than a flash ends: the scene before the cut may still go on.
        case flicker
        /// The scene before the last cut goes on: it was a flash.
        case back
    }

    /// Continuity under which the scene has changed, if it is under this part of what is usual too.
    private static let cut = (least: 0.43, part: 0.5)
    /// Continuity with the scene before a cut from which that goes on.
    private static let back = 0.6
    /// Longest flash in seconds.
    private static let flash = 0.25

    private var last: LumaGrid?
    /// Continuity as it usually is, followed slowly.
    private var usual = 1.0
    /// The last picture before a cut, and the time of the cut, until it cannot have been a flash.
    private var before: (picture: LumaGrid, time: Double)?

    /// Compares a frame with the one before.
    mutating func observe(_ frame: Frame) -> Change {
        let picture = LumaGrid(frame)
        guard let last, last.columns == picture.columns, last.rows == picture.rows else {
            self = SceneWatch()
            self.last = picture
            return .none
        }
        guard let continuity = picture.continuity(from: last) else { return .none }
        self.last = picture
        if isBack(picture, frame.time) {
            before = nil
            return .back
        }
        let isCut = continuity < Self.cut.least && continuity < Self.cut.part * usual
        usual += (continuity - usual) * (isCut ? 0.15 : 0.3)
        guard isCut else { return .none }
        if before != nil { return .flicker }
        before = (last, frame.time)
        return .cut
    }

    private mutating func isBack(_ picture: LumaGrid, _ time: Double) -> Bool {
        guard let before else { return false }
        guard 0...Self.flash ~= time - before.time else {
            self.before = nil
            return false
        }
        return (picture.continuity(from: before.picture) ?? 0) >= Self.back
    }
}
