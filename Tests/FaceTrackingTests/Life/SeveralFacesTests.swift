import Rendering
import Testing

@testable import Base

@Suite(.enabled(if: Drawn.hasModel, "needs models/face68.safetensors"))
struct SeveralFacesTests {
    /// Two people cross, one behind the other: an id stays with its person, and two ids are never told of one.
    @Test(arguments: [0.0, 12]) func crossingFacesKeepTheirIDs(height: Double) throws {
        let frames = try Drawn.frames(
            [
                Drawn.person(Person(seed: 4), scale: 52) { Point(80 + 62 * $0, 112 - height) },
                Drawn.person(scale: 58) { Point(300 - 70 * $0, 120 + height) },
            ], seconds: 3.4, width: 380)
        let diary = try Diary(try Drawn.tracker(faces: 2), frames)
        var owners: [Int: Int] = [:]
        for page in diary.pages {
            let people = page.faces.map { page.person($0)! }
            #expect(Set(people.map(\.index)).count == people.count, "two tracks on one face at \(page.time) s")
            for (face, person) in zip(page.faces, people) {
                let owner = owners[face.id] ?? person.index
                #expect(owner == person.index, "id \(face.id) went over at \(page.time) s")
                owners[face.id] = owner
            }
        }
        #expect(diary.pages[0].faces.count == 2, "both are found in the first frame")
        #expect(diary.pages.last!.faces.count == 2, "both are there in the end")
        #expect(
            diary.pages.allSatisfy { page in page.faces.contains { page.person($0)!.index == 1 } }, "nothing hides it")
        #expect(diary.errors.max()! < 20)
    }

    @Test func noMoreFacesThanAsked() throws {
        let places = [Point(75, 116), Point(245, 116), Point(415, 116)]
        let frames = try Drawn.frames(
            places.enumerated().map { index, place in
                Drawn.person(Person(seed: UInt64(index + 1)), scale: 52) { place + Point(8 * $0, 0) }
            }, seconds: 0.8, width: 480)
        for most in 1...3 {
            let diary = try Diary(try Drawn.tracker(faces: most), frames)
            #expect(diary.pages.allSatisfy { $0.faces.count <= most })
            #expect(diary.pages.last!.faces.count == most)
            #expect(diary.errors.max()! < 15)
        }
    }

    /// Somebody steps beside a person who is followed: found within half a second, from far away within a second and a quarter.
    @Test(arguments: [(52.0, 0.5), (30, 0.5), (13, 1.25)])
    func whoComesIsFoundSoon(scale: Double, within: Double) throws {
        let frames = try Drawn.frames(
            [
                Drawn.person(scale: 60) { Point(150 + 10 * $0, 170) },
                Drawn.person(Person(seed: 4), scale: scale) { $0 < 0.59 ? nil : Point(470, 120 + 5 * $0) },
            ], seconds: 2.2, width: 640, height: 360)
        let diary = try Diary(try Drawn.tracker(faces: 3), frames)
        #expect(diary.pages(from: 0, to: 0.59).ids == [1])
        let later = diary.pages(from: 0.6 + within)
        #expect(later.pages.allSatisfy { $0.faces.map(\.id) == [1, 2] }, "\(diary.pages.map { $0.faces.count })")
        #expect(later.errors.max()! < 15)
    }
}
