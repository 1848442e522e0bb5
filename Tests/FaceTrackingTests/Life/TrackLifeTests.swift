import Glibc
import Rendering
import Testing

@testable import Base

/// Behaviour of tracks on drawn scenes, whose truth is exact. A face is right where its points are off by less than 15 % of the eye distance on
/// average.
@Suite(.enabled(if: Drawn.hasModel, "needs models/face68.safetensors"))
struct TrackLifeTests {
    private static let right = 15.0

    @Test func oneFaceIsFollowedThroughAllFrames() throws {
        let act = Performance(
            scale: 52, center: Point(160, 116), sway: Point(40, 12), duration: 3, seed: 7)
        let part = ClipScript.Part(person: .average, pose: { act.pose($0) }, expression: { act.expression($0) })
        let diary = try Diary(try Drawn.tracker(), try Drawn.frames([part], seconds: 3))
        #expect(diary.heldShare == 1)
        #expect(diary.ids == [1])
        #expect(diary.errors.max()! < 10, "worst frame is off by \(diary.errors.max()!) %")
        #expect(diary.errors.reduce(0, +) / Double(diary.errors.count) < 6)
    }

    @Test func greySourcesAreFollowedAlike() throws {
        let frames = try Drawn.frames([Drawn.person { Point(140 + 30 * $0, 116) }], seconds: 1)
        let tracker = try Drawn.tracker()
        var diary = Diary()
        for frame in frames { try diary.add(tracker, frame.greyFrame, frame.faces) }
        #expect(diary.heldShare == 1 && diary.ids == [1])
        #expect(diary.errors.max()! < 10)
    }

    @Test func motionOfHalfAFaceInAFrameIsFollowed() throws {
        // The face is about 1.5 eye distances wide.
        let step = 0.75 * 40.0
        let frames = try Drawn.frames(
            [
                Drawn.person(scale: 40) { time in
                    let turns = (time * 15 * step / 150).truncatingRemainder(dividingBy: 2)
                    return Point(85 + 150 * min(turns, 2 - turns), 120)
                }
            ], seconds: 2)
        let diary = try Diary(try Drawn.tracker(), frames)
        #expect(diary.heldShare > 0.9, "held in \(diary.heldShare) of the frames")
        #expect(diary.errors.max()! < Self.right)
        #expect(diary.ids == [1])
    }

    @Test func frozenPicturesDoNotDrift() throws {
        let still = try Drawn.still.get()
        let tracker = try Drawn.tracker()
        var diary = Diary()
        for index in 0..<40 { try diary.add(tracker, still.frame(at: 0.04 * Double(index)), still.faces) }
        for _ in 0..<10 { try diary.add(tracker, still.frame(at: 1.56), still.faces) }
        #expect(diary.heldShare == 1 && diary.ids == [1])
        let (early, late) = (diary.pages[5].faces[0].points, diary.pages[49].faces[0].points)
        #expect(zip(early, late).allSatisfy { ($0 - $1).length < 0.02 * 52 })
    }

    /// Frames are lost for 0.3 s and the face is elsewhere.
    @Test func droppedFramesCostNoTrack() throws {
        let frames = try Drawn.frames([Drawn.person { Point(100 + 55 * $0, 116) }], seconds: 2)
        let diary = try Diary(try Drawn.tracker(), frames.filter { !(0.7..<1.0 ~= $0.time) })
        #expect(diary.heldShare == 1 && diary.ids == [1])
        #expect(diary.errors.max()! < Self.right)
    }

    @Test func timesThatJumpBackHarmNothing() throws {
        let frames = try Drawn.frames([Drawn.person { Point(140 + 30 * $0, 116) }], seconds: 1)
        let diary = try Diary(try Drawn.tracker(), frames + frames)
        #expect(diary.errors.max()! < Self.right)
        #expect(diary.heldShare > 0.9)
    }

    @Test func streamsMayChangeTheirSize() throws {
        let way: @Sendable (Double) -> Point = { Point(140 + 30 * $0, 116) }
        let small = try Drawn.frames([Drawn.person { way($0) }], seconds: 0.6)
        let large = try Drawn.frames(
            [Drawn.person(scale: 104) { 2 * way($0) }], seconds: 1.2, width: 640, height: 480)
        let diary = try Diary(try Drawn.tracker(), small + large.dropFirst(small.count) + small)
        #expect(diary.heldShare == 1)
        #expect(diary.errors.max()! < Self.right)
        #expect(diary.ids == [1], "the scene is the same")
    }

    /// A hand goes up before the mouth and the nose, stays, and goes again.
    @Test func aHandBeforeTheFaceIsOutlived() throws {
        let frames = try Drawn.frames([Drawn.person { _ in Point(160, 110) }], seconds: 2)
        let tracker = try Drawn.tracker()
        var diary = Diary()
        for frame in frames {
            let height = max(0, min(1, 3 * min(frame.time - 0.4, 1.6 - frame.time)))
            try diary.add(tracker, frame.withHand(at: Point(160, 290 - 140 * height), size: 70), frame.faces)
        }
        #expect(diary.ids == [1])
        #expect(diary.pages(from: 1.8).heldShare == 1)
        #expect(diary.pages(from: 1.8).errors.max()! < 10)
        #expect(diary.errors.max()! < 30, "what is told behind the hand is roughly there")
    }

    @Test func aSceneCutMovesNobody() throws {
        let before = try Drawn.frames([Drawn.person { _ in Point(80, 110) }], seconds: 0.6, width: 400)
        let after = try Drawn.frames(
            [Drawn.person(Person(seed: 4), scale: 70) { _ in Point(310, 125) }], seconds: 1.4, seed: 8, width: 400)
        let diary = try Diary(try Drawn.tracker(), before + after.dropFirst(before.count))
        let wrong = diary.longestRun { page in page.faces.contains { page.person($0)!.error > Self.right } }
        #expect(wrong < 3, "wrong in \(wrong) frames together")
        #expect(diary.pages(from: 0.59).heldShare == 1, "who is there now is found at once")
        #expect(diary.pages(from: 0.59).ids == [2])
    }

    /// Gone for less than `patience` it is the same face, for longer another; at any rate of frames.
    @Test(arguments: [10.0, 30], [(0.25, [1]), (1.0, [1, 2])])
    func whoLeavesAndReturns(rate: Double, absence: (seconds: Double, ids: [Int])) throws {
        let back = 0.5 + absence.seconds
        let frames = try Drawn.frames(
            [Drawn.person { (0.5..<back).contains($0 + 1e-6) ? nil : Point(160, 116) }], seconds: back + 0.5,
            rate: rate)
        let diary = try Diary(try Drawn.tracker(), frames)
        let gone = diary.pages(from: 0.5 - 1e-6, to: back - 1e-6)
        #expect(gone.longestRun { !$0.faces.isEmpty } <= 2, "told while nobody was there")
        #expect(diary.pages(from: back + 0.21).heldShare == 1)
        #expect(diary.ids == absence.ids)
    }

    /// The search keeps to its clock, however many frames come: five a second while nobody is there, four while places are free beside who is seen.
    @Test(arguments: [10.0, 60]) func searchesKeepToTheClock(rate: Double) throws {
        let still = try Drawn.still.get()
        let empty = try Drawn.frames([], seconds: 1, rate: 1)[0]
        let alone = try Drawn.tracker()
        for index in 0..<Int(rate) { _ = try alone.process(empty.frame(at: Double(index) / rate)) }
        #expect(4...5 ~= alone.searches, "\(alone.searches) in a second with nobody")
        let full = try Drawn.tracker()
        for index in 0..<Int(rate) { _ = try full.process(still.frame(at: Double(index) / rate)) }
        #expect(full.searches == 1, "no place was free")
        let half = try Drawn.tracker(faces: 2)
        for index in 0..<Int(rate) { _ = try half.process(still.frame(at: Double(index) / rate)) }
        #expect(3...4 ~= half.searches, "\(half.searches) in a second with one of two")
    }

    /// 22 pixels high in a frame of 360: seven in what the locator sees of the whole.
    @Test func aSmallFaceIsFoundInTheFirstFrame() throws {
        let frames = try Drawn.frames(
            [Drawn.person(scale: 14) { _ in Point(470, 90) }], seconds: 0.2, width: 640, height: 360)
        let diary = try Diary(try Drawn.tracker(), frames)
        #expect(diary.heldShare == 1)
        #expect(diary.errors.max()! < Self.right)
    }

    @Test func aFaceThatLeapsIsLookedForAroundItsLastPlaceFirst() throws {
        let locator = try Drawn.NotingLocator()
        let frames = try Drawn.frames(
            [Drawn.person(scale: 30) { Point($0 < 0.99 ? 130 : 208, 150) }], seconds: 1.4, width: 480, height: 320)
        let diary = try Diary(try Drawn.tracker(locator), frames)
        #expect(diary.ids == [1] && diary.heldShare == 1)
        let leap = try #require(locator.windows.dropFirst().first)
        #expect(leap.width < 320 && leap.width == leap.height, "\(locator.windows)")
        #expect(abs(leap.x + leap.width / 2 - 130) < 20)
    }
}
