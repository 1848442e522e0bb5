import FaceTracking
import Glibc
import Measures
import Results

/// Whether somebody is there, and looks at the camera.
struct PresenceState: Sendable, Equatable, Encodable {
    var present = false
    var faces = 0
    /// Somebody's head is turned to the camera within the angle that is set.
    var looking = false
    /// Blinks per minute over the last minute, of the face that was followed first; nil before it was followed for ten seconds.
    var blinkRate: Int?

    enum CodingKeys: String, CodingKey {
        case present, faces, looking
        case blinkRate = "blink_rate"
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(present, forKey: .present)
        try values.encode(faces, forKey: .faces)
        try values.encode(looking, forKey: .looking)
        // Null, not left out: Home Assistant's templates ask for it.
        try values.encode(blinkRate, forKey: .blinkRate)
    }
}

struct PresenceEvent: Equatable, Encodable {
    enum Kind: String, Encodable {
        case came, gone, looking
        case lookingAway = "looking_away"
    }

    let event: Kind
    /// Unix time of the frame.
    let time: Double
}

/// Follows who is there over the results of a stream. Bound to one thread.
struct PresenceWatch {
    /// Seconds without a face after which nobody is there: a face that is lost for a moment is no event.
    private static let absence = 2.0
    /// Seconds for which a look must last, or be interrupted, to count.
    private static let steadiness = 0.5
    /// Seconds over which blinks are counted, and after which they are told.
    private static let (window, leastSeconds) = (60.0, 10.0)

    private(set) var state = PresenceState()
    private let lookingWithin: Double
    private var lastFace = -Double.infinity
    /// Since when the look has been another one than told.
    private var changedLook: Double?
    private var person: (id: Int, since: Double, blinks: [Double])?

    /// `lookingWithin`: degrees between where a head points and the camera.
    init(lookingWithin: Double) { self.lookingWithin = lookingWithin }

    /// What happened by this result.
    mutating func add(_ result: StreamResult) -> [PresenceEvent] {
        let (faces, time) = (result.result.faces, result.result.time)
        guard !faces.isEmpty else { return wait(until: time) }
        var events: [PresenceEvent] = []
        lastFace = time
        if !state.present { events.append(PresenceEvent(event: .came, time: time)) }
        (state.present, state.faces) = (true, faces.count)
        count(faces.min { $0.id < $1.id }, time)
        let looks = faces.contains { face in Self.angle(face).map { $0 <= lookingWithin } ?? false }
        events += look(looks, time)
        return events
    }

    /// What happened by this time, if nobody was seen since.
    mutating func wait(until time: Double) -> [PresenceEvent] {
        guard state.present else { return [] }
        guard time - lastFace >= Self.absence else { return [] }
        var events: [PresenceEvent] = []
        if state.looking { events.append(PresenceEvent(event: .lookingAway, time: time)) }
        (state, changedLook, person) = (PresenceState(), nil, nil)
        return events + [PresenceEvent(event: .gone, time: time)]
    }

    private mutating func look(_ looks: Bool, _ time: Double) -> [PresenceEvent] {
        guard looks != state.looking else {
            changedLook = nil
            return []
        }
        let since = changedLook ?? time
        changedLook = since
        guard time - since >= Self.steadiness else { return [] }
        (state.looking, changedLook) = (looks, nil)
        return [PresenceEvent(event: looks ? .looking : .lookingAway, time: time)]
    }

    private mutating func count(_ face: TrackedFace?, _ time: Double) {
        guard let face else { return }
        var known = person ?? (face.id, time, [])
        if known.id != face.id { known = (face.id, time, []) }
        known.blinks += face.measures?.eyes?.blinks.map(\.end) ?? []
        known.blinks.removeAll { $0 < time - Self.window }
        let seconds = min(Self.window, time - known.since)
        state.blinkRate =
            seconds >= Self.leastSeconds ? Int((Double(known.blinks.count) * 60 / seconds).rounded()) : nil
        person = known
    }

    /// Degrees between where the head points and the camera; nil without a pose.
    static func angle(_ face: TrackedFace) -> Double? {
        guard let pose = face.measures?.pose, pose.translation.norm > 0 else { return nil }
        let forward = Rotation(angles: pose.rotation)(SIMD3(0, 0, -1))
        let cosine = forward.dot(pose.translation * -1) / pose.translation.norm
        return acos(max(-1, min(1, cosine))) * 180 / .pi
    }
}
