import Base

/// Follows faces with the cascade: the last landmarks place the crop and are the prior; presence says whether the face is still there.
///
/// The life of a track: a locator proposes, several evaluations confirm, then one pass per frame follows. In doubt the crop is evaluated again; a
/// missed face is searched around its last place, then in the whole frame, and its track ends when it stays away. A face
/// found there continues the track only where place, size and appearance agree, and a cut to another scene ends all tracks. Ids
/// are never reused.
///
/// In here all places are in the picture with square pixels: crops have true proportions, whatever the recording stores. Only what
/// leaves is in the picture's own pixels.
package final class CascadeTracker: FaceTracker {
    package let pointCount: Int
    package var scheme: LandmarkScheme { runner.scheme }
    private let settings: TrackingSettings
    private let runner: CascadeRunner
    private let locator: any FaceLocator
    /// Whether the model's confidence is calibrated, for a face and for each point.
    private let calibrated: (confidence: Bool, points: Bool)
    private let layout = CropLayout()
    private var tracks: [FaceTrack] = []
    private var scene = SceneWatch()
    /// The tracks that the last cut ended: they continue if it was a flash.
    private var tracksBeforeCut: [FaceTrack] = []
    private var nextID = 1
    private var lastSearch: Double?
    private var nextPart = 0
    /// Size of the last frame, as displayed, and the shape of its pixels.
    private var size: Point?
    private var pixelShape = PixelShape()
    /// Searches since the beginning: of whole frames, or around the place where a face was lost.
    package private(set) var searches = 0

    package init(_ model: CascadeModel, locator: any FaceLocator, settings: TrackingSettings = TrackingSettings()) {
        precondition(settings.faces > 0, "a tracker of \(settings.faces) faces")
        (self.settings, self.locator) = (settings, locator)
        runner = CascadeRunner(model, passes: max(2, model.configuration.passes))
        pointCount = model.configuration.points
        calibrated = (model.isCalibrated, model.pointCalibration != nil)
    }

    package func reset() {
        (tracks, tracksBeforeCut, scene) = ([], [], SceneWatch())
        (lastSearch, nextPart, size, nextID, searches) = (nil, 0, nil, 1, 0)
        pixelShape = PixelShape()
    }

    /// Starts a track from these landmarks (of a picture with square pixels) without an evaluation; the next frame may be of any scene.
    package func begin(at points: [Point], time: Double) {
        scene = SceneWatch()
        let estimate = CascadeEstimate(points: points, presence: 1, confidence: 1, pointConfidence: [])
        tracks.append(FaceTrack(id: nextID, estimate, crop: crop(points), time: time))
        nextID += 1
    }

    package func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        adapt(to: frame)
        changeScene(frame)
        let missedBefore = tracks.contains { $0.estimate == nil }
        for index in tracks.indices { tracks[index].estimate = follow(tracks[index], frame) }
        separate(at: frame.time)
        for index in tracks.indices { settle(index, frame) }
        if !missedBefore, tracks.contains(where: { $0.estimate == nil }) {
            searchNearby(frame)
            if tracks.contains(where: { $0.estimate == nil }) { searchEverywhere(frame) }
        } else if isSearchDue(frame.time) {
            searchEverywhere(frame)
        }
        tracks.removeAll { $0.estimate == nil && frame.time - $0.seen > settings.patience }
        return tracks.compactMap(face)
    }

    /// A stream that changes its size shows the same scene, larger or smaller.
    private func adapt(to frame: Frame) {
        pixelShape = frame.displayedPixelShape
        let next = frame.squareExtent
        if let size, size != next {
            let nextFromLast = SimilarityMap(scale: next.y / size.y, angle: 0, from: size / 2, to: next / 2)
            for index in tracks.indices { tracks[index].move(by: nextFromLast) }
        }
        size = next
    }

    /// Ends all tracks at a cut, and searches the new scene as thoroughly as the first; resumes them after a flash.
    private func changeScene(_ frame: Frame) {
        switch scene.observe(frame) {
        case .none: return
        case .cut: (tracksBeforeCut, tracks, lastSearch) = (tracks, [], nil)
        case .flicker: (tracks, lastSearch) = ([], nil)
        case .back: (tracks, tracksBeforeCut) = (tracksBeforeCut, [])
        }
    }

    // MARK: Follow

    /// The face in the next frame; nil where it is not seen.
    private func follow(_ track: FaceTrack, _ frame: Frame) -> CascadeEstimate? {
        var best = evaluate(frame, prior: track.points, passes: 1)
        if best.presence < settings.doubt {
            for prior in [best.points, track.expectedPoints(at: frame.time)] where isUsable(prior, frame) {
                let again = evaluate(frame, prior: prior, passes: 2)
                if again.presence > best.presence { best = again }
            }
        }
        return best.presence >= settings.absent && isUsable(best.points, frame) ? best : nil
    }

    private func evaluate(
        _ frame: Frame, prior: [Point], passes: Int
    ) -> CascadeEstimate {
        runner.run(frame, crop(prior), prior: prior, passes: passes)[0]
    }

    private func crop(_ points: [Point]) -> SimilarityMap {
        layout.frameFromCrop(around: points, scheme: runner.scheme)
    }

    /// Large enough to sample, and not out of the picture altogether.
    private func isUsable(_ points: [Point], _ frame: Frame) -> Bool {
        let centre = points.centroid
        let size = frame.squareExtent
        let inside = 0...size.x ~= centre.x && 0...size.y ~= centre.y
        return inside && crop(points).scale >= settings.smallestCrop
    }

    /// Resolves two tracks on one face: the one further from its expected place has lost its own face.
    private func separate(at time: Double) {
        for first in tracks.indices {
            for second in tracks.indices where second > first {
                guard let one = tracks[first].estimate, let other = tracks[second].estimate else { continue }
                let crops = (crop(one.points), crop(other.points))
                guard crops.0.liesOn(crops.1) else { continue }
                let strayed =
                    stray(tracks[first], crops.0, time) > stray(tracks[second], crops.1, time) ? first : second
                tracks[strayed].estimate = nil
            }
        }
    }

    /// How far a crop is from where the track was expected, in sides.
    private func stray(_ track: FaceTrack, _ crop: SimilarityMap, _ time: Double) -> Double {
        (crop(Point(0.5, 0.5)) - track.expectedCentre(at: time)).length / crop.scale
    }

    /// Moves the track to where its face is now, unless the face there is another one.
    private func settle(_ index: Int, _ frame: Frame) {
        guard let estimate = tracks[index].estimate else { return }
        let crop = crop(estimate.points)
        let appearance = FaceAppearance(frame, crop: crop)
        if tracks[index].mayBe(appearance, at: crop, time: frame.time) {
            tracks[index].settle(crop: crop, appearance: appearance, time: frame.time)
        } else {
            tracks[index].estimate = nil
        }
    }

    // MARK: Search

    private func isSearchDue(_ time: Double) -> Bool {
        guard hasPlace else { return false }
        guard let lastSearch, time >= lastSearch else { return true }
        let isComplete = tracks.allSatisfy { $0.estimate != nil }
        let interval = isComplete && !tracks.isEmpty ? settings.idleSearchInterval : settings.searchInterval
        return time - lastSearch >= interval
    }

    /// Whether another face could be followed: a place is free, or a face is missed.
    private var hasPlace: Bool { tracks.count < settings.faces || tracks.contains { $0.estimate == nil } }

    /// Searches the whole frame and, where places are still free, a part of it more closely for faces too small to be seen in the whole:
    /// the next part each time; in the first frame of a scene all parts, if no face is found.
    private func searchEverywhere(_ frame: Frame) {
        let isFirst = lastSearch == nil
        lastSearch = frame.time
        searches += 1
        search(frame, in: SearchWindow(frame))
        let parts = SearchWindow(frame).parts
        for _ in 0..<(isFirst ? parts.count : 1) where isFirst ? tracks.isEmpty : tracks.count < settings.faces {
            search(frame, in: parts[nextPart % parts.count])
            nextPart += 1
        }
    }

    /// Searches for each missed face around its expected place, if that is much smaller than the frame.
    private func searchNearby(_ frame: Frame) {
        for track in tracks where track.estimate == nil {
            let window = SearchWindow(
                around: track.expectedCentre(at: frame.time), crop: track.crop, sides: settings.nearby)
            guard Double(window.width) < frame.squareExtent.min() else { continue }
            searches += 1
            search(frame, in: window)
        }
    }

    private func search(_ frame: Frame, in window: SearchWindow) {
        var refused = 0
        for proposal in locator.locate(frame, in: window) where isFree(proposal) {
            guard hasPlace, refused < settings.proposals else { break }
            let estimate = confirm(frame, proposal)
            let crop = crop(estimate.points)
            let isCertain = estimate.presence >= settings.certain && estimate.confidence >= settings.likely
            if isCertain, isUsable(estimate.points, frame), isFree(crop) {
                place(estimate, crop, frame)
            } else {
                refused += 1
            }
        }
    }

    /// Whether no visible face is there already.
    private func isFree(_ crop: SimilarityMap) -> Bool {
        tracks.allSatisfy { $0.estimate == nil || !$0.crop.liesOn(crop) }
    }

    /// Evaluates a proposal from a cold start, then repeatedly at the landmarks found, unless the second evaluation shows no face.
    private func confirm(_ frame: Frame, _ proposal: SimilarityMap) -> CascadeEstimate {
        var estimate = runner.run(frame, proposal, prior: nil, passes: 2)[0]
        for attempt in 0..<3 where isUsable(estimate.points, frame) {
            if attempt > 0, estimate.presence < settings.hopeless { break }
            estimate = evaluate(frame, prior: estimate.points, passes: 2)
        }
        return estimate
    }

    /// Assigns a found face to the missed track that it matches, or to a new one if a place is free.
    private func place(_ estimate: CascadeEstimate, _ crop: SimilarityMap, _ frame: Frame) {
        let (time, appearance) = (frame.time, FaceAppearance(frame, crop: crop))
        let missed = tracks.indices.filter {
            tracks[$0].estimate == nil && tracks[$0].mayBe(appearance, at: crop, time: time)
        }
        if let index = missed.min(by: { stray(tracks[$0], crop, time) < stray(tracks[$1], crop, time) }) {
            tracks[index].estimate = estimate
            tracks[index].settle(crop: crop, appearance: appearance, time: time)
        } else if tracks.count < settings.faces || dropMissed() {
            tracks.append(FaceTrack(id: nextID, estimate, crop: crop, appearance: appearance, time: time))
            nextID += 1
        }
    }

    /// Frees a place by ending the track that has been missed for longest.
    private func dropMissed() -> Bool {
        let missed = tracks.indices.filter { tracks[$0].estimate == nil }
        guard let oldest = missed.min(by: { tracks[$0].seen < tracks[$1].seen }) else { return false }
        tracks.remove(at: oldest)
        return true
    }

    private func face(_ track: FaceTrack) -> TrackedFace? {
        guard let estimate = track.estimate else { return nil }
        let points = estimate.points.map { pixelShape.pixelsFromSquare($0) }
        return TrackedFace(
            id: track.id, confidence: calibrated.confidence ? estimate.confidence : nil,
            box: Box(around: points), points: points,
            pointConfidence: calibrated.points ? estimate.pointConfidence : [])
    }
}

extension Frame {
    /// `squareSize` as a place.
    fileprivate var squareExtent: Point { Point(Double(squareSize.width), Double(squareSize.height)) }
}

/// Decisions of a tracker; times in seconds, never in frames.
package struct TrackingSettings: Sendable, Equatable {
    /// Most faces followed at once.
    package var faces = 1
    /// Presence below which the crop is evaluated again, at the landmarks found and at the place predicted by its motion.
    package var doubt = 0.8
    /// Presence below which a face counts as not seen.
    package var absent = 0.5
    /// How long a face may be unseen before its track ends.
    package var patience = 0.5
    /// Presence below which a proposal is dropped after two evaluations.
    package var hopeless = 0.1
    /// Presence that a new face must have after several evaluations.
    package var certain = 0.7
    /// Confidence that its landmarks must have then. Pictures without a face rarely reach it, profiles just do.
    package var likely = 0.35
    /// Pause between two searches of the whole frame while no face is followed, or one is missed.
    package var searchInterval = 0.2
    /// The same while all are seen, but places are free: a new face is searched for twice within half a second.
    package var idleSearchInterval = 0.25
    /// Side of the window in which a face that was just lost is looked for first, in sides of its crop.
    package var nearby = 3.0
    /// Shortest side of a crop in square pixels of the picture.
    package var smallestCrop = 16.0
    /// Rejected proposals after which a search gives up.
    package var proposals = 4

    /// - Parameter searchRate: searches of the whole frame, times a second, while no face is followed. While one is, it is searched
    ///   no more than four times a second, and only where places are free.
    package init(faces: Int = 1, searchRate: Double = 5) {
        self.faces = faces
        searchInterval = 1 / searchRate
        idleSearchInterval = max(idleSearchInterval, searchInterval)
    }
}
