import Glibc
import Rendering
import Testing

@testable import Base

/// A track that starts wrong is right or given up within three frames.
@Suite(.enabled(if: Drawn.hasModel, "needs models/face68.safetensors"))
struct SelfDeceptionTests {
    private static let truth = Result { try Drawn.still.get().faces[0]! }

    @Test(arguments: 0..<8) func aShiftedPriorIsMendedOrGivenUp(direction: Int) throws {
        let points = try Self.truth.get()
        let angle = Double(direction) * .pi / 4
        let shift = Point(cos(angle), sin(angle)) * 0.3 * Box(around: points).width
        try expectHonesty(points.map { $0 + shift })
    }

    @Test(arguments: [-30.0, 30]) func aTurnedPriorIsMendedOrGivenUp(degrees: Double) throws {
        let points = try Self.truth.get()
        let turn = SimilarityMap(
            scale: 1, angle: degrees * .pi / 180, from: points.centroid, to: points.centroid)
        try expectHonesty(turn(points))
    }

    @Test(arguments: [0.7, 1.4]) func aPriorOfAnotherSizeIsMendedOrGivenUp(factor: Double) throws {
        let points = try Self.truth.get()
        let map = SimilarityMap(scale: factor, angle: 0, from: points.centroid, to: points.centroid)
        try expectHonesty(map(points))
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func anotherPersonsShapeIsMendedOrGivenUp(seed: UInt64) throws {
        let stranger = try Drawn.frames(
            [Drawn.person(Person(seed: seed), yaw: seed.isMultiple(of: 2) ? 0.4 : -0.4) { _ in Point(160, 116) }],
            seconds: 1, rate: 1)[0]
        try expectHonesty(stranger.faces[0]!)
    }

    /// Put where no face is, nothing is told for more than two frames.
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func wallsAreNotFollowed(seed: UInt64) throws {
        let frames = try Drawn.frames([], seconds: 0.6, rate: 10, seed: seed)
        let points = try Self.truth.get()
        for shift in [Point(0, 0), Point(-80, 30), Point(70, -40)] {
            let tracker = try Drawn.tracker()
            tracker.begin(at: points.map { $0 + shift }, time: -0.1)
            let diary = try Diary(tracker, frames)
            #expect(diary.longestRun { !$0.faces.isEmpty } <= 2, "prior moved by \(shift)")
        }
    }

    private func expectHonesty(_ prior: [Point]) throws {
        let still = try Drawn.still.get()
        let tracker = try Drawn.tracker()
        tracker.begin(at: prior, time: 0)
        var diary = Diary()
        for index in 1...4 { try diary.add(tracker, still.frame(at: Double(index) / 30), still.faces) }
        let late = Array(diary.errors.suffix(diary.pages.suffix(2).flatMap(\.faces).count))
        #expect(late.allSatisfy { $0 < 15 }, "told, and off by \(late) %")
    }
}
