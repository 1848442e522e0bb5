import Testing

@testable import Base
@testable import FaceTracking
@testable import Measures
@testable import Results
@testable import Service

@Suite struct VMCTests {
    let requests = RecentreRequests()

    @Test func aBundleHasTheStateThePoseAndTheExpression() throws {
        var packets = VMCPackets(requests)
        let messages = try sent([posedFace(eyes: (1, 0.2))], by: &packets)
        #expect(messages.map(\.address).prefix(3) == ["/VMC/Ext/OK", "/VMC/Ext/T", "/VMC/Ext/Bone/Pos"])
        #expect(messages.last?.address == "/VMC/Ext/Blend/Apply" && messages.last?.tags == ",")
        #expect(messages[0].tags == ",iiii" && messages[0].numbers == [1, 3, 0, 1])
        #expect(messages[2].tags == ",sfffffff" && messages[2].texts == ["Head"])
        let blends = messages.filter { $0.address == "/VMC/Ext/Blend/Val" }
        #expect(blends.allSatisfy { $0.tags == ",sf" && 0...1 ~= $0.numbers[0] })
        let values = Dictionary(uniqueKeysWithValues: blends.map { ($0.texts[0], $0.numbers[0]) })
        #expect(near([values["Blink_L"] ?? -1, values["Blink_R"] ?? -1, values["A"] ?? -1], [0.8, 0, 0]))
        #expect(values.keys.contains("BrowInnerUp") && values.keys.contains("BrowDownRight"))
    }

    /// Unity's axes: x to the avatar's right, y up, z forward; a positive turn about x nods down, about y looks right.
    @Test(arguments: [
        ([30.0, 0, 0], [1.0, 0, 0]), ([0, 30, 0], [0, 1, 0]), ([0, 0, 30], [0, 0, 1]),
    ]) func theHeadTurnsInUnitysAxes(ours: [Double], axis: [Double]) throws {
        var packets = VMCPackets(requests)
        let first = try bone([posedFace()], by: &packets)
        #expect(near(first, [0, 0, 0, 0, 0, 0, 1]), "the first pose is the origin")
        let turned = posedFace(pitch: ours[0], yaw: ours[1], roll: ours[2])
        // Sine and cosine of half the angle.
        let (s, c) = (0.25881904510252074, 0.9659258262890683)
        let second = try bone([turned], by: &packets)
        #expect(near(second, [0, 0, 0] + axis.map { $0 * s } + [c]))
    }

    @Test func theHeadMovesInMetres() throws {
        var packets = VMCPackets(requests)
        _ = try bone([posedFace(at: SIMD3(0, 0, 600))], by: &packets)
        let moved = posedFace(at: SIMD3(-100, -50, 500))
        let there = try bone([moved], by: &packets)
        #expect(near(there, [0.1, 0.05, 0.1, 0, 0, 0, 1]), "its right, up, forward")
        requests.add()
        let origin = try bone([moved], by: &packets)
        #expect(near(origin, [0, 0, 0, 0, 0, 0, 1]))
    }

    @Test func nobodyIsToldToo() throws {
        var packets = VMCPackets(requests)
        _ = try sent([posedFace()], by: &packets)
        let messages = try sent([], by: &packets, time: 1_795_651_200)
        #expect(messages.map(\.address) == ["/VMC/Ext/OK", "/VMC/Ext/T"])
        #expect(messages[0].numbers == [1, 3, 0, 0] && messages[1].numbers == [2])
    }

    private func bone(_ faces: [TrackedFace], by packets: inout VMCPackets) throws -> [Double] {
        let messages = try sent(faces, by: &packets)
        return try #require(messages.first { $0.address == "/VMC/Ext/Bone/Pos" }).numbers
    }

    private func sent(
        _ faces: [TrackedFace], by packets: inout VMCPackets, time: Double = 1_795_651_198
    ) throws -> [OSCReading] {
        let packet = packets.packet(of: posedResult(faces, time: time))
        return try OSCReading.bundle(try #require(packet))
    }
}

/// A message, read strictly as Open Sound Control 1.0 has it.
struct OSCReading {
    let address: String
    let tags: String
    var numbers: [Double] = []
    var texts: [String] = []

    struct Fault: Error { let why: String }

    static func bundle(_ bytes: [UInt8]) throws -> [OSCReading] {
        var reader = PacketReader(bytes)
        guard try text(&reader) == "#bundle", reader.big(8) == 1 else { throw Fault(why: "no bundle for now") }
        var messages: [OSCReading] = []
        while !reader.isAtEnd {
            let size = Int(reader.big(4))
            guard size > 0, size % 4 == 0, reader.place + size <= bytes.count else { throw Fault(why: "size \(size)") }
            messages.append(try OSCReading(Array(bytes[reader.place..<(reader.place + size)])))
            for _ in 0..<size { _ = reader.byte() }
        }
        return messages
    }

    private init(_ bytes: [UInt8]) throws {
        var reader = PacketReader(bytes)
        address = try Self.text(&reader)
        tags = try Self.text(&reader)
        guard address.hasPrefix("/"), tags.hasPrefix(",") else { throw Fault(why: "\(address) \(tags)") }
        for tag in tags.dropFirst() {
            switch tag {
            case "i": numbers.append(Double(Int32(bitPattern: UInt32(reader.big(4)))))
            case "f": numbers.append(Double(Float(bitPattern: UInt32(reader.big(4)))))
            case "s": texts.append(try Self.text(&reader))
            default: throw Fault(why: "type \(tag)")
            }
        }
        guard reader.isAtEnd else { throw Fault(why: "\(address) is longer than its arguments") }
    }

    /// ASCII, one to four zeros, a multiple of four bytes.
    private static func text(_ reader: inout PacketReader) throws -> String {
        var bytes: [UInt8] = []
        while !reader.isAtEnd, case let byte = reader.byte(), byte != 0 { bytes.append(byte) }
        while reader.place % 4 != 0 {
            guard !reader.isAtEnd, reader.byte() == 0 else { throw Fault(why: "not padded with zeros") }
        }
        guard bytes.allSatisfy({ 32..<127 ~= $0 }) else { throw Fault(why: "not ASCII") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
