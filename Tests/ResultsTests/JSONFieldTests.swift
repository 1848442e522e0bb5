import Foundation
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Results

/// The members that the reference describes are those that are written, no more and no fewer.
@Suite struct JSONFieldTests {
    private static let face = TrackedFace(
        id: 1, confidence: 0.5, box: Box(low: .zero, high: Point(3, 4)), points: [Point(1, 2)], pointConfidence: [0.5],
        measures: FaceMeasures(
            pose: HeadPose(translation: .zero, rotation: .zero),
            eyes: EyeMeasures(
                right: EyeOpening(ratio: 0.3, relative: 1), left: EyeOpening(ratio: 0.25, relative: 1),
                blinks: [Blink(start: 0.1, peak: 0.2, end: 0.3, depth: 0.8)]),
            mouth: MouthMeasures(opening: 0.1, width: 0.6, rightBrow: 0.2, leftBrow: 0.21)))

    /// Names of all members as the reference has them: objects by what they hold, "eyes.left" as a whole.
    private func names(_ value: Any, _ prefix: String = "") -> Set<String> {
        if let object = value as? [String: Any] {
            return object.reduce(into: []) { names, member in
                let name = prefix.isEmpty ? member.key : "\(prefix).\(member.key)"
                let isObject = member.value is [String: Any] && name != "eyes.left"
                if !isObject { names.insert(name) }
                if name != "eyes.left" { names.formUnion(self.names(member.value, name)) }
            }
        }
        guard let list = value as? [[String: Any]], let first = list.first else { return [] }
        return names(first, prefix + "[]")
    }

    private func object(_ text: TextBuffer) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.bytes)) as? [String: Any])
    }

    private let result = FrameResult(frame: 1, time: 0.5, faces: [Self.face])

    @Test func membersOfAFaceAreThoseOfTheReference() throws {
        var text = TextBuffer()
        JSONRows(stream: "a").append(result, to: &text)
        let face = try #require((try object(text)["faces"] as? [[String: Any]])?.first)
        #expect(names(face) == Set(JSONField.face.map(\.name)))
        let eyes = try #require(face["eyes"] as? [String: Any])
        let (right, left) = (eyes["right"] as? [String: Any], eyes["left"] as? [String: Any])
        #expect(right?.isEmpty == false && right?.keys.sorted() == left?.keys.sorted())
    }

    @Test func membersOfAFrameAreThoseOfTheReference() throws {
        var (recording, live) = (TextBuffer(), TextBuffer())
        JSONRows(stream: "a").append(result, to: &recording)
        let stream = StreamResult(stream: "a", result: result, latency: 0.01, width: 640, height: 480)
        JSONRows(stream: "a").append(stream, to: &live)
        #expect(Set(try object(live).keys) == Set(JSONField.frame.map(\.name)))
        let ofStreams = JSONField.frame.filter { $0.meaning.hasPrefix("of a stream:") }.map(\.name)
        #expect(Set(try object(recording).keys) == Set(JSONField.frame.map(\.name)).subtracting(ofStreams))
    }
}
