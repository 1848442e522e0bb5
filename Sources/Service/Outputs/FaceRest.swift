import FaceTracking
import Glibc

/// How far a face's parts are from where they rest, learned while it is followed: what avatars are moved by. Bound to one thread.
struct FaceRest {
    /// 0…1, the person's own sides: 1 where the eye is open, or not known.
    struct Motion {
        var rightEye = 1.0
        var leftEye = 1.0
        /// 0 shut, 1 wide open.
        var mouthOpen = 0.0
        /// -1…1 from the learned width.
        var mouthWide = 0.0
        /// -1…1 from the learned height, positive above it.
        var rightBrow = 0.0
        var leftBrow = 0.0
    }

    /// Seconds over which what is usual is learned.
    private static let memory = 20.0
    /// Opening of the lips over the mouth's width that counts as wide open.
    private static let wideOpen = 0.6
    /// Parts of the usual height and width by which brows and the mouth's corners move at most.
    private static let (browRange, widthRange) = (0.3, 0.25)

    private struct Usual {
        var time: Double
        var width: Double
        var rightBrow: Double
        var leftBrow: Double
    }

    private var usual: [Int: Usual] = [:]

    /// Forgets the faces that are not among these.
    mutating func keep(_ faces: [TrackedFace]) {
        let ids = Set(faces.map(\.id))
        usual = usual.filter { ids.contains($0.key) }
    }

    mutating func motion(of face: TrackedFace, time: Double) -> Motion {
        var motion = Motion()
        if let eyes = face.measures?.eyes {
            motion.rightEye = min(1, max(0, eyes.right.relative ?? 1))
            motion.leftEye = min(1, max(0, eyes.left.relative ?? 1))
        }
        guard let mouth = face.measures?.mouth else { return motion }
        motion.mouthOpen = min(1, max(0, mouth.opening / Self.wideOpen))
        let usual = learn(mouth, face.id, time)
        motion.mouthWide = Self.share(mouth.width, usual.width, Self.widthRange)
        motion.rightBrow = Self.share(mouth.rightBrow, usual.rightBrow, Self.browRange)
        motion.leftBrow = Self.share(mouth.leftBrow, usual.leftBrow, Self.browRange)
        return motion
    }

    private mutating func learn(_ mouth: MouthMeasures, _ id: Int, _ time: Double) -> Usual {
        var known =
            usual[id]
            ?? Usual(time: time, width: mouth.width, rightBrow: mouth.rightBrow, leftBrow: mouth.leftBrow)
        let part = 1 - exp(-max(0, min(1, time - known.time)) / Self.memory)
        known.time = time
        known.width += part * (mouth.width - known.width)
        known.rightBrow += part * (mouth.rightBrow - known.rightBrow)
        known.leftBrow += part * (mouth.leftBrow - known.leftBrow)
        usual[id] = known
        return known
    }

    private static func share(_ value: Double, _ usual: Double, _ range: Double) -> Double {
        let unit = abs(usual) * range
        return unit > 0 ? max(-1, min(1, (value - usual) / unit)) : 0
    }
}
