import Rendering
import Testing

@testable import Base
@testable import FaceTracking

/// Where another scene begins, told from the frames alone: drawn rooms with somebody in them, shaken, lit and spoilt.
@Suite(.enabled(if: Drawn.hasModel, "needs the models"))
struct SceneWatchTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func everyCutIsToldInItsFrameAndNothingElse(seed: UInt64) throws {
        let shots = try (0..<4).map { shot in
            try Drawn.frames(
                [Drawn.person(Person(seed: seed + shot), scale: 40 + 8 * Double(shot)) { Point(150 + 40 * $0, 116) }],
                seconds: 0.4, seed: 10 * seed + shot)
        }
        let changes = changes(shots.joined().enumerated().map { $1.frame(at: Double($0) / 15) })
        #expect(changes.map(\.change) == [.cut, .cut, .cut])
        #expect(changes.map(\.frame) == [6, 12, 18])
    }

    @Test func aShakingCameraCutsNothing() throws {
        var random = SplitMix64(seed: 5)
        let frames = try room(width: 400, height: 300).map { frame in
            frame.greyFrame(
                x: Int(random.uniform(0, 32)), y: Int(random.uniform(0, 24)), width: 360, height: 270)
        }
        #expect(changes(frames).isEmpty)
    }

    /// Nearly a tenth of the picture from frame to frame.
    @Test(arguments: [-30, 30]) func aFastPanCutsNothing(step: Int) throws {
        let frames = try room(width: 960, height: 240).enumerated().map { index, frame in
            frame.greyFrame(x: (step > 0 ? 0 : 630) + index * step, y: 0, width: 320, height: 240)
        }
        #expect(changes(frames).isEmpty)
    }

    @Test func exposureMayLeap() throws {
        let gains = [1, 1.6, 0.5, 1, 0.3, 1.8, 1, 0.7]
        let frames = try room().enumerated().map { index, frame in
            frame.withLuma { 16 + gains[index % gains.count] * ($0 - 16) }
        }
        #expect(changes(frames).isEmpty)
    }

    @Test func noiseIsNoCut() throws {
        var random = SplitMix64(seed: 6)
        let frames = try room().map { frame in frame.withLuma { $0 + 14 * random.normal() } }
        #expect(changes(frames).isEmpty)
    }

    /// White altogether, or so bright that little can be seen: nothing happens, or what did is taken back.
    @Test(arguments: [(1.0, 300.0), (5, 60), (3, 120), (0, 0)], [1, 3])
    func aFlashIsNoCut(light: (gain: Double, offset: Double), frames count: Int) throws {
        let frames = try room().enumerated().map { index, frame in
            (8..<(8 + count)).contains(index)
                ? frame.withLuma { light.gain * ($0 - 16) + 16 + light.offset } : frame.frame
        }
        let changes = changes(frames).map(\.change)
        #expect(changes.isEmpty || changes == [.cut, .back], "\(changes)")
    }

    @Test func aCutThroughBlackIsToldWhenThereIsSomethingToSee() throws {
        let (first, second) = (try room(), try room(seed: 12, scale: 0.3, person: .distinct(1)))
        let dark = (0..<5).map { first[$0].withLuma { _ in 16 } }
        let frames = first.prefix(6).map(\.frame) + dark + second.prefix(6).map(\.frame)
        let changes = changes(frames)
        #expect(changes.map(\.frame) == [11] && changes.map(\.change) == [.cut])
    }

    @Test func theSizeMayChange() throws {
        let frames =
            try room().map(\.frame) + room(width: 640, height: 480).map(\.frame) + room(height: 320).map(\.frame)
        #expect(changes(frames).isEmpty)
    }

    /// 10 bits in two bytes, every other sample, turned: the same cells.
    @Test func samplesOfAnyLayoutAreRead() throws {
        let frame = try #require(try room().first).greyFrame
        let wide = PixelBuffer(width: 4 * frame.width, height: frame.height, hasChroma: false)
        for y in 0..<frame.height {
            for x in 0..<frame.width {
                let sample = frame.luma.base.load(fromByteOffset: y * frame.luma.rowStride + x, as: UInt8.self)
                let stored = (UInt16(sample) << 2).littleEndian
                wide.bytes.storeBytes(of: stored, toByteOffset: y * wide.width + 4 * x, as: UInt16.self)
            }
        }
        let plane = Plane(base: UnsafeRawPointer(wide.bytes.baseAddress!), rowStride: wide.width, sampleStride: 4)
        let deep = Frame(width: frame.width, height: frame.height, luma: plane, bitDepth: 10, owner: wide)
        #expect(LumaGrid(deep).cells == LumaGrid(frame).cells)
        let crop = SimilarityMap(scale: 130, angle: 0.3, from: .zero, to: Point(250, -20))
        #expect(LumaGrid(deep, crop: crop, side: 16).cells == LumaGrid(frame, crop: crop, side: 16).cells)
    }

    private func room(
        width: Int = 320, height: Int = 240, seed: UInt64 = 3, scale: Double = 0.2, person: Person = .average
    ) throws -> [RenderedFrame] {
        let middle = Point(Double(width) / 2, Double(height) / 2 - 4)
        return try Drawn.frames(
            [Drawn.person(person, scale: scale * Double(height)) { middle + Point(20 * $0, 0) }], seconds: 1.4,
            seed: seed,
            width: width, height: height)
    }

    private func changes(_ frames: [Frame]) -> [(frame: Int, change: SceneWatch.Change)] {
        var watch = SceneWatch()
        return frames.enumerated().compactMap { index, frame in
            var frame = frame
            frame.time = Double(index) / 15
            let change = watch.observe(frame)
            return change == .none ? nil : (index, change)
        }
    }
}

/// A number is never given to another person: people who are drawn are cut into each other.
@Suite(.enabled(if: Drawn.hasModel, "needs the models"))
struct IdentityTests {
    /// One after the other at the same place, in rooms of their own.
    @Test(arguments: 1...4 as ClosedRange<UInt64>) func everyShotHasANumberOfItsOwn(seed: UInt64) throws {
        let shots = try (0..<4).map { shot in
            try Drawn.frames(
                [Drawn.person(.distinct(7 * seed + shot)) { Point(150 + 20 * $0, 116) }], seconds: 0.6,
                seed: 20 * seed + shot)
        }
        let diary = try Diary(try Drawn.tracker(), shots: shots)
        #expect(diary.heldShare == 1, "who is there after a cut is found in its frame")
        for (shot, pages) in (0..<4).map({ ($0, diary.pages[(9 * $0)..<(9 * $0 + 9)]) }) {
            #expect(Set(pages.flatMap(\.faces).map(\.id)) == [shot + 1])
        }
        #expect(diary.errors.max()! < 15)
    }

    /// Two people sit down in each other's places from one frame to the next; the room is the same.
    @Test(arguments: [(2, 5), (4, 9), (1, 6)] as [(UInt64, UInt64)])
    func placesAreChangedInACut(people: (UInt64, UInt64)) throws {
        func shot(_ left: UInt64, _ right: UInt64) throws -> [RenderedFrame] {
            try Drawn.frames(
                [
                    Drawn.person(.distinct(left)) { _ in Point(90, 116) },
                    Drawn.person(.distinct(right), scale: 48) { _ in Point(280, 120) },
                ], seconds: 0.6, width: 380)
        }
        let shots = [try shot(people.0, people.1), try shot(people.1, people.0)]
        let diary = try Diary(try Drawn.tracker(faces: 2), shots: shots)
        var owners: [Int: UInt64] = [:]
        for (index, page) in diary.pages.enumerated() {
            for face in page.faces {
                let isLeft = page.person(face)!.index == 0
                let person = isLeft == (index < shots[0].count) ? people.0 : people.1
                #expect(owners[face.id] ?? person == person, "number \(face.id) went over in frame \(index)")
                owners[face.id] = person
            }
        }
        #expect(diary.pages.last!.faces.count == 2)
    }

    /// A lost face's place is taken by somebody else within the time that it would be waited for.
    @Test(arguments: [2, 5, 9] as [UInt64]) func whoTakesTheSeatOfAnotherIsNew(seed: UInt64) throws {
        let way: @Sendable (Double) -> Point? = { _ in Point(160, 116) }
        let before = try Drawn.frames([Drawn.person(.distinct(seed), way)], seconds: 0.6)
        let empty = try Drawn.frames([], seconds: 0.3)
        let after = try Drawn.frames([Drawn.person(.distinct(seed + 1), way)], seconds: 0.8)
        let diary = try Diary(try Drawn.tracker(), shots: [before, empty, after])
        #expect(diary.pages(from: 0, to: 0.59).ids == [1])
        let ids = diary.pages(from: 0.9).ids
        #expect(!ids.contains(1) && ids.count == 1, "\(ids)")
    }

    @Test(arguments: [(1.0, 300.0), (5, 60), (0, 0)]) func aFlashChangesNoNumber(gain: Double, offset: Double) throws {
        let frames = try Drawn.frames([Drawn.person { Point(140 + 30 * $0, 116) }], seconds: 1)
        let tracker = try Drawn.tracker()
        var diary = Diary()
        for (index, frame) in frames.enumerated() {
            let isLit = (6...7).contains(index)
            let picture = isLit ? frame.withLuma { gain * ($0 - 16) + 16 + offset } : frame.frame
            try diary.add(tracker, picture, frame.faces)
        }
        let (early, late) = (diary.pages(from: 0, to: 0.39), diary.pages(from: 0.6))
        #expect(early.ids == [1] && late.ids == [1])
        #expect(early.heldShare == 1 && late.heldShare == 1)
    }
}

extension Person {
    /// Somebody as unlike others as people are: drawn people else lie within one deviation of the mean, and share its look.
    fileprivate static func distinct(_ seed: UInt64) -> Person {
        var person = Person(seed: seed)
        person.shape = person.shape.map { 2 * $0 }
        person.texture = person.texture.map { 2.5 * $0 }
        let isDark = seed.isMultiple(of: 2)
        person.hair = isDark ? .short : .long
        person.hairPaint = isDark ? Paint(30, 126, 130) : Paint(185, 112, 138)
        return person
    }
}
