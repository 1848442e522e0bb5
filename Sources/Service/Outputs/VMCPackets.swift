import FaceTracking
import Measures
import Results

/// The Virtual Motion Capture protocol: a bundle of OSC messages per result, with the head's bone and blend shapes of VRM.
///
/// Bones are in Unity's axes (left-handed: x to the avatar's right, y up, z forward) and metres. The head moves from where it was first, or
/// at the last recentring. Source: protocol.vmc.info, "Marionette specification" (version 2.7 of /VMC/Ext/OK).
struct VMCPackets: PacketFormat {
    private var centre: HeadCentre
    private var rest = FaceRest()
    /// Time of the first result.
    private var start: Double?

    init(_ requests: RecentreRequests) { centre = HeadCentre(requests, startsAtFirst: true) }

    mutating func packet(of result: StreamResult) -> [UInt8]? {
        let result = result.choosing(.one).result
        let face = result.faces.first
        let start = self.start ?? result.time
        self.start = start
        // Loaded; calibrated; normal mode; whether somebody is followed.
        var messages = [
            OSCMessage("/VMC/Ext/OK", [.int(1), .int(3), .int(0), .int(face == nil ? 0 : 1)]),
            OSCMessage("/VMC/Ext/T", [.float(Float(result.time - start))]),
        ]
        rest.keep(result.faces)
        if let face {
            if let pose = face.measures?.pose { messages.append(bone(centre.place(of: pose))) }
            messages += blends(rest.motion(of: face, time: result.time))
        }
        return OSCMessage.bundle(messages)
    }

    /// Our axes point the other way on all three sides, which changes the hand, but not the numbers of the rotation.
    private func bone(_ place: HeadPlace) -> OSCMessage {
        let move = place.translation / -1000
        let turn = place.rotation.quaternion
        let numbers = [move.x, move.y, move.z, turn.x, turn.y, turn.z, turn.w]
        return OSCMessage("/VMC/Ext/Bone/Pos", [.text("Head")] + numbers.map { .float(Float($0)) })
    }

    /// Names are those of VRM 0 and, for brows and what VRM 0 has no name for, of Perfect Sync.
    private func blends(_ motion: FaceRest.Motion) -> [OSCMessage] {
        let values = [
            ("Blink_L", 1 - motion.leftEye), ("Blink_R", 1 - motion.rightEye), ("A", motion.mouthOpen),
            ("I", max(0, motion.mouthWide)), ("U", max(0, -motion.mouthWide)),
            ("BrowInnerUp", max(0, (motion.leftBrow + motion.rightBrow) / 2)),
            ("BrowOuterUpLeft", max(0, motion.leftBrow)), ("BrowOuterUpRight", max(0, motion.rightBrow)),
            ("BrowDownLeft", max(0, -motion.leftBrow)), ("BrowDownRight", max(0, -motion.rightBrow)),
        ]
        return values.map { OSCMessage("/VMC/Ext/Blend/Val", [.text($0.0), .float(Float($0.1))]) }
            + [OSCMessage("/VMC/Ext/Blend/Apply", [])]
    }
}

/// A message of Open Sound Control 1.0. Numbers are big-endian, texts end with zeros up to a multiple of four bytes.
struct OSCMessage {
    enum Argument {
        case int(Int32)
        case float(Float)
        case text(String)
    }

    let bytes: [UInt8]

    init(_ address: String, _ arguments: [Argument]) {
        let tags = arguments.map { argument in
            switch argument {
            case .int: "i"
            case .float: "f"
            case .text: "s"
            }
        }
        bytes = Self.padded(address) + Self.padded("," + tags.joined()) + arguments.flatMap(Self.bytes)
    }

    /// To be applied at once.
    static func bundle(_ messages: [OSCMessage]) -> [UInt8] {
        padded("#bundle") + bigEndian(UInt64(1))
            + messages.flatMap { bigEndian(UInt32(truncatingIfNeeded: $0.bytes.count)) + $0.bytes }
    }

    private static func bytes(of argument: Argument) -> [UInt8] {
        switch argument {
        case .int(let number): bigEndian(UInt32(bitPattern: number))
        case .float(let number): bigEndian(number.bitPattern)
        case .text(let text): padded(text)
        }
    }

    private static func padded(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return bytes + [UInt8](repeating: 0, count: 4 - bytes.count % 4)
    }

    private static func bigEndian(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        stride(from: number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
