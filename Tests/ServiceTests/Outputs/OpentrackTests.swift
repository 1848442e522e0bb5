import Testing

@testable import Base
@testable import FaceTracking
@testable import Measures
@testable import Results
@testable import Service

@Suite struct OpentrackTests {
    let requests = RecentreRequests()

    @Test(arguments: [
        // Ours: pitch down, yaw to the picture's left, roll clockwise. opentrack's: yaw the same, pitch up, roll the same.
        ([20.0, 0, 0], [0.0, -20, 0]), ([0, 20, 0], [20, 0, 0]), ([0, 0, 20], [0, 0, 20]),
    ]) func anglesHaveItsSigns(ours: [Double], theirs: [Double]) throws {
        let face = posedFace(pitch: ours[0], yaw: ours[1], roll: ours[2], at: SIMD3(100, 50, 600))
        #expect(near(try sent([face]), [10, -5, 60] + theirs), "centimetres: right, up, away; degrees")
    }

    @Test func combinedAnglesAreThoseOfItsOrder() throws {
        // R = Ry · Rx · Rz, which is how opentrack turns.
        let turn = Rotation(angles: SIMD3(0, 0.5, 0)).after(Rotation(angles: SIMD3(-0.3, 0, 0)))
            .after(Rotation(angles: SIMD3(0, 0, 0.2)))
        let angles = OpentrackPackets.angles(turn)
        #expect(near([angles.yaw, angles.pitch, angles.roll].map { $0 * .pi / 180 }, [0.5, 0.3, 0.2], within: 1e-9))
    }

    @Test func thereAreSixLittleEndianDoubles() throws {
        var packets = OpentrackPackets(requests)
        let packet = packets.packet(of: posedResult([posedFace(at: SIMD3(0, 0, 640))]))
        let bytes = try #require(packet)
        #expect(bytes.count == 48)
        #expect(Array(bytes[16..<24]) == [0, 0, 0, 0, 0, 0, 0x50, 0x40], "64.0")
    }

    @Test func thePoseAtARequestBecomesTheOrigin() throws {
        var packets = OpentrackPackets(requests)
        let aside = posedFace(pitch: 10, yaw: 30, roll: -5, at: SIMD3(80, -20, 700))
        let first = try sent([aside], by: &packets)
        #expect(!near(first, [0, 0, 0, 0, 0, 0]))
        requests.add()
        for _ in 0..<2 {
            let numbers = try sent([aside], by: &packets)
            #expect(near(numbers, [0, 0, 0, 0, 0, 0]))
        }
        // It turns on by 15 degrees about its own upright axis, and moves 50 mm on its own way forward.
        let before = HeadPlace(try #require(aside.measures?.pose))
        let turned = before.rotation.after(Rotation(angles: SIMD3(0, 15 * .pi / 180, 0)))
        var face = aside
        face.measures?.pose = HeadPose(
            translation: before.translation + before.rotation(SIMD3(0, 0, -50)), rotation: turned.angles)
        let moved = try sent([face], by: &packets)
        #expect(near(moved, [0, 0, -5, 15, 0, 0]))
    }

    @Test func nothingIsSentWithoutAPose() {
        var packets = OpentrackPackets(requests)
        for faces in [[], [playedFace(id: 1)]] {
            let packet = packets.packet(of: posedResult(faces))
            #expect(packet == nil)
        }
    }

    @Test func theFaceThatWasFollowedFirstIsTold() throws {
        let numbers = try sent([posedFace(id: 4, at: SIMD3(0, 0, 900)), posedFace(id: 2, at: SIMD3(0, 0, 500))])
        #expect(near(numbers, [0, 0, 50, 0, 0, 0]))
    }

    private func sent(_ faces: [TrackedFace]) throws -> [Double] {
        var packets = OpentrackPackets(requests)
        return try sent(faces, by: &packets)
    }

    private func sent(_ faces: [TrackedFace], by packets: inout OpentrackPackets) throws -> [Double] {
        let packet = packets.packet(of: posedResult(faces))
        var reader = PacketReader(try #require(packet))
        let numbers = (0..<6).map { _ in reader.double() }
        #expect(reader.isAtEnd)
        return numbers
    }
}
