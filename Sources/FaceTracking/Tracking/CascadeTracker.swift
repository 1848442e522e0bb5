import Base

/// Follows one face: the last landmarks lay the crop and are the prior; presence says whether the face is still there.
public final class CascadeTracker: FaceTracker {
    /// Decisions of the tracker; times in seconds.
    public struct Settings: Sendable, Equatable {
        /// Presence under which a second look is taken, from the landmarks just found.
        public var doubt = 0.8
        /// Presence under which a frame counts as one without the face.
        public var absent = 0.5
        /// How long the face may be absent before it is lost.
        public var patience = 0.3
        /// Presence that a new face must have after it has been looked at several times.
        public var certain = 0.7
        /// Pause between two searches of the whole frame while nobody is there.
        public var searchInterval = 0.2
        /// Shortest side of a crop in pixels of the picture.
        public var smallestCrop = 16.0

        public init() {}
    }

    public let pointCount: Int
    private let settings: Settings
    private let runner: CascadeRunner
    private let locator: any FaceLocator
    private let layout = CropLayout()
    private var track: Track?
    private var nextID = 1
    private var lastSearch: Double?

    private struct Track {
        let id: Int
        var points: [Point]
        /// Time of the last frame in which the face was seen.
        var seen: Double
    }

    public init(_ model: CascadeModel, locator: any FaceLocator, settings: Settings = Settings()) {
        (self.settings, self.locator) = (settings, locator)
        runner = CascadeRunner(model, passes: max(2, model.configuration.passes))
        pointCount = model.configuration.points
    }

    public func reset() {
        (track, lastSearch, nextID) = (nil, nil, 1)
    }

    public func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        if let followed = follow(frame) { return [followed] }
        guard track == nil, isSearchDue(frame.time) else { return [] }
        lastSearch = frame.time
        return search(frame).map { [$0] } ?? []
    }

    // MARK: Follow

    /// The face in the next frame; nil where it is not seen. Ends the track when it has been absent for too long.
    private func follow(_ frame: Frame) -> TrackedFace? {
        guard var track else { return nil }
        var estimate = look(frame, prior: track.points, passes: 1)
        if estimate.presence < settings.doubt { estimate = look(frame, prior: estimate.points, passes: 2) }
        if estimate.presence >= settings.absent, isUsable(estimate.points, frame) {
            (track.points, track.seen) = (estimate.points, frame.time)
            self.track = track
            return face(track.id, estimate)
        }
        if frame.time - track.seen > settings.patience { self.track = nil }
        return nil
    }

    private func look(_ frame: Frame, prior: [Point], passes: Int) -> CascadeEstimate {
        let map = layout.map(around: prior, scheme: runner.scheme)
        return runner.run(frame, map, prior: prior, passes: passes)[0]
    }

    /// Large enough to sample, and not out of the picture altogether.
    private func isUsable(_ points: [Point], _ frame: Frame) -> Bool {
        let centre = points.centroid
        let inside =
            0...Double(frame.displayWidth) ~= centre.x && 0...Double(frame.displayHeight) ~= centre.y
        return inside && layout.map(around: points, scheme: runner.scheme).scale >= settings.smallestCrop
    }

    // MARK: Search

    private func isSearchDue(_ time: Double) -> Bool {
        guard let lastSearch else { return true }
        return time - lastSearch >= settings.searchInterval || time < lastSearch
    }

    private func search(_ frame: Frame) -> TrackedFace? {
        var best: CascadeEstimate?
        for proposal in locator.locate(frame) {
            let estimate = settle(frame, proposal)
            if isUsable(estimate.points, frame), estimate.presence > best?.presence ?? settings.certain {
                best = estimate
            }
        }
        guard let best else { return nil }
        let track = Track(id: nextID, points: best.points, seen: frame.time)
        nextID += 1
        self.track = track
        return face(track.id, best)
    }

    /// Looks at a proposal cold, then again and again where the landmarks say.
    private func settle(_ frame: Frame, _ proposal: SimilarityMap) -> CascadeEstimate {
        var estimate = runner.run(frame, proposal, prior: nil, passes: 2)[0]
        for _ in 0..<3 where isUsable(estimate.points, frame) {
            estimate = look(frame, prior: estimate.points, passes: 2)
        }
        return estimate
    }

    private func face(_ id: Int, _ estimate: CascadeEstimate) -> TrackedFace {
        let box = Box(around: estimate.points)
        return TrackedFace(
            id: id, confidence: estimate.presence,
            box: box, points: estimate.points,
            pointConfidence: estimate.sharpness)
    }
}
