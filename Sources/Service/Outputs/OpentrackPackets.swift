import FaceTracking
import Glibc
import Measures
import Results

/// What opentrack's input "UDP over network" reads: six little-endian doubles: x, y, z in centimetres, then yaw, pitch and roll in degrees.
///
/// Axes and signs are those of opentrack's own camera trackers (tracker-neuralnet, tracker-papertracker): x to the right of the picture, y up,
/// z away from the camera; yaw positive towards the left of the picture, pitch up, roll clockwise in the picture. Nothing is sent while
/// there is no pose: opentrack then keeps the last one.
struct OpentrackPackets: PacketFormat {
    private var centre: HeadCentre

    init(_ requests: RecentreRequests) { centre = HeadCentre(requests, startsAtFirst: false) }

    mutating func packet(of result: StreamResult) -> [UInt8]? {
        guard let pose = result.choosing(.one).result.faces.first?.measures?.pose else { return nil }
        let place = centre.place(of: pose)
        let (move, angles) = (place.translation / 10, Self.angles(place.rotation))
        var bytes = PacketBytes()
        for number in [move.x, -move.y, move.z, angles.yaw, angles.pitch, angles.roll] { bytes.append(number) }
        return bytes.bytes
    }

    /// Degrees. opentrack turns by roll first, then pitch, then yaw: R = Ry · Rx · Rz in our axes, where ours is Rx · Ry · Rz.
    static func angles(_ rotation: Rotation) -> (yaw: Double, pitch: Double, roll: Double) {
        let rows = rotation.rows
        let yaw = atan2(rows.0.z, rows.2.z)
        let pitch = asin(max(-1, min(1, rows.1.z)))
        let roll = atan2(rows.1.x, rows.1.y)
        return (yaw * 180 / .pi, pitch * 180 / .pi, roll * 180 / .pi)
    }
}

/// Bytes of a packet with little-endian numbers.
struct PacketBytes {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: Double) { add(number.bitPattern) }
    mutating func append(_ number: Float) { add(number.bitPattern) }
    mutating func append(_ number: Int32) { add(UInt32(bitPattern: number)) }
    mutating func append(_ number: UInt8) { bytes.append(number) }

    private mutating func add(_ pattern: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: pattern.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: pattern >> shift))
        }
    }
}
