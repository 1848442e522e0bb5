import Base
import FaceTracking

/// How steadily a tracker followed a clip whose truth is known.
package struct ClipJitter: Sendable, Equatable {
    /// ‰ of the eye distance, in the face's own coordinates: for each landmark the root of the variances along x and y added, and the
    /// mean over the landmarks.
    package var total = 0.0
    /// The same after a moving average of five frames is taken away: what flickers.
    package var fast = 0.0
    /// Frames by which the landmarks are behind the face; 0 for a clip that stands still.
    package var delay = 0.0
    /// Judged frames in which the face was not found, or landmarks were half an eye distance away on average.
    package var lost = 0
    /// Mean distance from the truth, % of the eye distance.
    package var error = 0.0

    /// Whether the face was found in enough frames for anything but `lost` to mean something.
    package var isJudged: Bool { MovingStill.frameCount - MovingStill.settling - lost >= ClipJitter.fewestFrames }

    static let fewestFrames = 5
}

/// Runs trackers on clips made of stills.
package struct JitterMeter: Sendable {
    package init() {}

    /// Shows the tracker all frames of the clip; the first ones, in which it settles, are not judged.
    package func measure(_ clip: MovingStill, _ tracker: any FaceTracker) throws(LandmarkdError) -> ClipJitter {
        tracker.reset()
        var found: [[Point]?] = []
        for index in 0..<MovingStill.frameCount {
            let frame = clip.draw(index).frame(fullRange: true, time: clip.time(index))
            let faces = try tracker.process(frame)
            if index >= MovingStill.settling { found.append(nearest(faces, to: clip.truth(index))) }
        }
        return judge(found, clip)
    }

    /// The landmarks that belong to this face; nil where it was lost.
    private func nearest(_ faces: [TrackedFace], to truth: [Point]) -> [Point]? {
        let all = faces.map { (points: $0.points, distance: $0.points.meanDistance(from: truth)) }
        guard let best = all.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance < MovingStill.eyeDistance / 2 ? best.points : nil
    }

    private func judge(_ found: [[Point]?], _ clip: MovingStill) -> ClipJitter {
        let unit = clip.face.scheme.referenceLength(of: clip.face.points)
        let tracks = Tracks(found, clip)
        var result = ClipJitter()
        result.lost = found.count - tracks.frames.count
        guard result.isJudged else { return result }
        result.total = 1000 * tracks.spread() / unit
        result.fast = 1000 * tracks.withoutSlowMotion().spread() / unit
        result.delay = clip.isMoving ? delay(found, clip) : 0
        let errors = tracks.frames.map { clip.face.scheme.meanError(of: $0, truth: clip.face.points) }
        result.error = 100 * errors.reduce(0, +) / Double(errors.count)
        return result
    }

    /// Frames by which the found points are the truth of an earlier time: least squares of error = −delay · velocity, each
    /// landmark's constant error left out.
    private func delay(_ found: [[Point]?], _ clip: MovingStill) -> Double {
        let seen = found.indices.filter { found[$0] != nil }
        let errors = seen.map { index in
            let truth = clip.truth(index + MovingStill.settling)
            return zip(found[index]!, truth).map { $0 - $1 }
        }
        let velocities = seen.map { index in
            let (before, after) = (MovingStill.settling + index - 1, MovingStill.settling + index + 1)
            return zip(clip.truth(after), clip.truth(before)).map { ($0 - $1) / 2 }
        }
        var (product, square) = (0.0, 0.0)
        for landmark in errors[0].indices {
            let mean = errors.map { $0[landmark] }.centroid
            for (error, velocity) in zip(errors, velocities) {
                let (error, velocity) = (error[landmark] - mean, velocity[landmark])
                product += (error * velocity).sum()
                square += (velocity * velocity).sum()
            }
        }
        return square > 0 ? -product / square : 0
    }
}

/// Landmarks in the still's own coordinates, frame by frame where they were found.
private struct Tracks {
    let frames: [[Point]]

    init(frames: [[Point]]) { self.frames = frames }

    init(_ found: [[Point]?], _ clip: MovingStill) {
        frames = found.enumerated().compactMap { index, points in
            points.map { clip.map(index + MovingStill.settling).inverse($0) }
        }
    }

    /// Mean over the landmarks of the root of their variance.
    func spread() -> Double {
        let roots = frames[0].indices.map { landmark in
            let places = frames.map { $0[landmark] }
            let mean = places.centroid
            let squares = places.map { (($0 - mean) * ($0 - mean)).sum() }
            return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
        }
        return roots.reduce(0, +) / Double(roots.count)
    }

    /// Each frame less the mean of the five around it, without the first and last two.
    func withoutSlowMotion() -> Tracks {
        Tracks(
            frames: (2..<frames.count - 2).map { middle in
                frames[middle].indices.map { landmark in
                    let around = frames[middle - 2...middle + 2].map { $0[landmark] }
                    return frames[middle][landmark] - around.centroid
                }
            })
    }
}
