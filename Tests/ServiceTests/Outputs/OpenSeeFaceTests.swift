import Testing

@testable import Base
@testable import FaceTracking
@testable import Measures
@testable import Results
@testable import Service

/// The fields of a face in the order of OpenSeeFace's facetracker.py, commit dee5bb7, with its types: "d i f f f f B f 4f 3f 3f", then 68
/// confidences, 68 points (x, y), 70 points in space (x, -y, -z), 14 features.
private struct SeenFace {
    let time: Double
    let id: Int
    let size, eyes: [Double]
    let success: UInt8
    let error: Double
    let quaternion, euler, translation: [Double]
    let confidence, points, space, features: [Double]

    init(_ reader: inout PacketReader) {
        time = reader.double()
        id = Int(Int32(truncatingIfNeeded: reader.little(4)))
        (size, eyes) = (reader.floats(2), reader.floats(2))
        success = reader.byte()
        error = reader.float()
        (quaternion, euler, translation) = (reader.floats(4), reader.floats(3), reader.floats(3))
        (confidence, points) = (reader.floats(68), reader.floats(136))
        (space, features) = (reader.floats(210), reader.floats(14))
    }
}

@Suite struct OpenSeeFaceTests {
    @Test func aFaceHasItsFieldsInTheirOrder() throws {
        let face = posedFace(at: SIMD3(50, -30, 700), eyes: (0.25, 0.75))
        let seen = try sent([face])[0]
        #expect(seen.time == 1_795_651_198 && seen.id == 0 && seen.success == 1 && seen.error == 0)
        #expect(seen.size == [640, 480] && seen.eyes == [0.25, 0.75], "right, then left")
        // The 68 points of 300-W without the outer corners of the mouth, then two pupils.
        let kept = Array(0..<48) + Array(49..<54) + Array(55..<68)
        #expect(near(seen.confidence, kept.map { Double($0) / 100 } + [0, 0], within: 1e-6))
        for (place, index) in kept.enumerated() {
            let point = Array(seen.points[(2 * place)...(2 * place + 1)])
            #expect(near(point, [face.points[index].x, face.points[index].y], within: 1e-3), "\(index)")
        }
        #expect(near(seen.features, [-0.25, -0.75] + [Double](repeating: 0, count: 12), within: 1e-6))
    }

    @Test func aHeadAtRestHasTheAnglesThatItsReadersExpect() throws {
        let seen = try sent([posedFace()])[0]
        #expect(near([abs(seen.euler[0]), seen.euler[1], seen.euler[2]], [180, 0, 90]))
        let half = Double(0.5).squareRoot()
        #expect(near(seen.quaternion.map(abs), [half, half, 0, 0]))
    }

    /// OpenCV's RQDecomp3x3 and OpenSeeFace's solver gave these signs for drawn heads (docs/protocols.md).
    @Test func anglesTurnAsItsOwnDo() throws {
        func euler(_ face: TrackedFace) throws -> [Double] { try sent([face])[0].euler }
        #expect(near(try euler(posedFace(pitch: 10)), [-170, 0, 90]), "down")
        #expect(near(try euler(posedFace(roll: 15)).map { abs($0) }, [180, 0, 75]), "clockwise")
        #expect(near(try euler(posedFace(yaw: 20)).map { abs($0) }, [180, 20, 90]))
        #expect(try euler(posedFace(yaw: 20))[1] < 0, "to the left of the picture")
    }

    @Test func thePlaceIsTheNosesTipInItsUnits() throws {
        let nose = MeanHead.points[30]
        let seen = try sent([posedFace(at: SIMD3(100, 200, 600) - nose)])[0]
        let unit = 89.5 / 0.63181
        #expect(near(seen.translation, [-200 / unit, -100 / unit, -600 / unit]), "down, right, away, and opposite")
    }

    @Test func pointsInSpaceAreThoseOfTheHeadInWhateverPose() throws {
        let seen = try sent([posedFace(pitch: 12, yaw: -25, roll: 8, at: SIMD3(40, 30, 800))])[0]
        let unit = 89.5 / 0.63181
        for (place, index) in OpenSeeFacePackets.sourcePoints.enumerated() {
            let wanted = (MeanHead.points[30] - MeanHead.points[index]) / unit
            let point = Array(seen.space[(3 * place)..<(3 * place + 3)])
            #expect(near(point, [wanted.x, -wanted.y, -wanted.z]), "\(index)")
        }
        #expect(seen.space[3 * 68 + 2] > seen.space[3 * 66 + 2], "an eyeball's centre lies behind its pupil (-z)")
    }

    @Test func aFaceWithoutAPoseSaysSo() throws {
        var face = posedFace()
        face.measures?.pose = nil
        let seen = try sent([face])[0]
        #expect(seen.success == 0 && seen.error == 99999)
        #expect((seen.quaternion + seen.euler + seen.translation + seen.space).allSatisfy { $0 == 0 })
    }

    @Test func numbersBeginAtZeroAndStayWithTheirFace() throws {
        var packets = OpenSeeFacePackets(focalLength: nil)
        func ids(_ faces: [Int]) throws -> [Int] { try sent(faces.map { posedFace(id: $0) }, by: &packets).map(\.id) }
        let numbers = [try ids([7]), try ids([7, 9]), try ids([9]), try ids([9, 12])]
        #expect(numbers == [[0], [0, 1], [1], [1, 0]])
        let empty = packets.packet(of: posedResult([]))
        #expect(empty == nil, "nobody: no packet, as OpenSeeFace")
    }

    @Test func browsMoveFromWhereTheyRest() throws {
        var packets = OpenSeeFacePackets(focalLength: nil)
        func features(_ right: Double, _ left: Double, _ time: Double) throws -> [Double] {
            let mouth = MouthMeasures(opening: 0.3, width: 0.6, rightBrow: right, leftBrow: left)
            let bytes = packets.packet(of: posedResult([posedFace(mouth: mouth)], time: time))
            var reader = PacketReader(try #require(bytes))
            return SeenFace(&reader).features
        }
        for frame in 0..<30 { _ = try features(0.25, 0.25, Double(frame) / 30) }
        let raised = try features(0.35, 0.2, 1)
        #expect(raised[6] > 0.9 && raised[3] < -0.5, "right up, left down: \(raised)")
        #expect(abs(raised[12] - 0.5) < 1e-6, "half of wide open")
    }

    private func sent(_ faces: [TrackedFace]) throws -> [SeenFace] {
        var packets = OpenSeeFacePackets(focalLength: nil)
        return try sent(faces, by: &packets)
    }

    private func sent(_ faces: [TrackedFace], by packets: inout OpenSeeFacePackets) throws -> [SeenFace] {
        let packet = packets.packet(of: posedResult(faces))
        let bytes = try #require(packet)
        #expect(bytes.count == 1785 * faces.count)
        var reader = PacketReader(bytes)
        let seen = faces.map { _ in SeenFace(&reader) }
        #expect(reader.isAtEnd)
        return seen
    }
}
