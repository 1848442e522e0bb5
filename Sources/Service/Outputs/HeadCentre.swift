import FaceTracking
import Measures
import Synchronization

/// Requests to take the head's present pose as the origin, by HTTP or signal. May be used by any thread.
package final class RecentreRequests: Sendable {
    private let count = Atomic(0)

    package init() {}

    /// The next pose becomes the origin of all outputs that have one.
    package func add() { count.add(1, ordering: .relaxed) }

    /// How many there were.
    var made: Int { count.load(ordering: .relaxed) }
}

/// Where a head is and how it is turned, in the camera's axes: x to the right of the picture, y down, z away from it.
struct HeadPlace {
    var rotation: Rotation
    /// Millimetres.
    var translation: SIMD3<Double>

    init(rotation: Rotation, translation: SIMD3<Double>) {
        (self.rotation, self.translation) = (rotation, translation)
    }

    init(_ pose: HeadPose) { self.init(rotation: Rotation(angles: pose.rotation), translation: pose.translation) }

    /// Seen from another head: its own axes and place become the origin.
    func seen(from origin: HeadPlace) -> HeadPlace {
        let back = origin.rotation.inverse
        return HeadPlace(rotation: back.after(rotation), translation: back(translation - origin.translation))
    }
}

/// The origin of an output's poses. Bound to one thread.
struct HeadCentre {
    private let requests: RecentreRequests
    private var answered: Int
    private var origin: HeadPlace?
    /// The pose that comes next becomes the origin.
    private var isAwaited: Bool

    /// `startsAtFirst`: the first pose is the origin; else poses are the camera's until the first request.
    init(_ requests: RecentreRequests, startsAtFirst: Bool) {
        (self.requests, isAwaited) = (requests, startsAtFirst)
        answered = requests.made
    }

    mutating func place(of pose: HeadPose) -> HeadPlace {
        let place = HeadPlace(pose)
        let made = requests.made
        if made != answered { (answered, isAwaited) = (made, true) }
        if isAwaited { (origin, isAwaited) = (place, false) }
        return origin.map { place.seen(from: $0) } ?? place
    }
}
