import Base

/// One face on its way through the frames.
struct FaceTrack {
    /// Never given to another face.
    let id: Int
    private(set) var points: [Point]
    /// The crop placed by the points.
    private(set) var crop: SimilarityMap
    /// Velocity of the crop's centre, pixels a second.
    private(set) var velocity = Point.zero
    /// Time of the last frame in which the face was seen, seconds.
    private(set) var seen: Double
    /// What the face looked like when it was last seen; nil where that is not known yet.
    private(set) var appearance: FaceAppearance?
    /// Estimate in the current frame; nil where the face is not seen in it.
    var estimate: CascadeEstimate?

    init(id: Int, _ estimate: CascadeEstimate, crop: SimilarityMap, appearance: FaceAppearance? = nil, time: Double) {
        (self.id, points, self.crop, seen, self.estimate) = (id, estimate.points, crop, time, estimate)
        remember(appearance)
    }

    var centre: Point { crop(Point(0.5, 0.5)) }

    /// Predicted centre at `time` at constant velocity; a face that has not been seen for a while keeps its place.
    func expectedCentre(at time: Double) -> Point {
        let gap = time - seen
        return gap > 0 && gap < 0.3 ? centre + velocity * gap : centre
    }

    /// The points moved along to `time`.
    func expectedPoints(at time: Double) -> [Point] {
        let shift = expectedCentre(at: time) - centre
        return points.map { $0 + shift }
    }

    /// Transforms the track to another picture of the same scene.
    mutating func move(by nextFromLast: SimilarityMap) {
        (points, crop) = (nextFromLast(points), crop.then(nextFromLast))
        velocity = nextFromLast(velocity) - nextFromLast(.zero)
    }

    /// Whether a face may be the one that was followed: near its place, of similar size and appearance, with tolerances that grow the
    /// longer it was not seen. A face that jumped must look more alike. An appearance that shows nothing does not exclude a match.
    func mayBe(_ appearance: FaceAppearance, at crop: SimilarityMap, time: Double) -> Bool {
        guard self.crop.liesOn(crop, distance: 1) else { return false }
        let gap = max(0, time - seen)
        let distance = (crop(Point(0.5, 0.5)) - expectedCentre(at: time)).length / max(crop.scale, self.crop.scale)
        let growth = max(crop.scale, self.crop.scale) / min(crop.scale, self.crop.scale)
        let isNear = distance < 0.35 + 1.5 * gap && growth < 1.25 + gap
        let least = isNear ? max(0.3, 0.65 - gap) : 0.65
        return self.appearance?.similarity(to: appearance).map { $0 >= least } ?? true
    }

    /// Adopts the estimate as the face's place.
    mutating func settle(crop: SimilarityMap, appearance: FaceAppearance, time: Double) {
        remember(appearance)
        guard let estimate else { return }
        let (before, gap) = (centre, time - seen)
        (points, self.crop, seen) = (estimate.points, crop, time)
        velocity = gap > 0 && gap < 0.3 ? (centre - before) / gap : .zero
    }

    private mutating func remember(_ appearance: FaceAppearance?) {
        if let appearance, !appearance.isFlat { self.appearance = appearance }
    }
}

extension SimilarityMap {
    /// Whether two crops lie on the same face: centres near each other for their size, sizes alike.
    func liesOn(_ other: SimilarityMap, distance: Double = 0.35) -> Bool {
        let (small, large) = (min(scale, other.scale), max(scale, other.scale))
        let gap = (self(Point(0.5, 0.5)) - other(Point(0.5, 0.5))).length
        return gap < distance * large && large < 1.8 * small
    }
}
