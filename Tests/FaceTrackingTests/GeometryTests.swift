import Base
import FaceTracking
import Testing

@Suite struct GeometryTests {
    private func randomPoints(_ count: Int, seed: UInt64) -> [Point] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in Point(random.uniform(0, 200), random.uniform(0, 200)) }
    }

    @Test func mapAndItsInverseComposeToNothing() {
        let map = SimilarityMap(scale: 2.5, angle: 0.7, from: Point(3, 4), to: Point(10, -2))
        #expect((map(Point(3, 4)) - Point(10, -2)).length < 1e-12)
        #expect(abs(map.scale - 2.5) < 1e-12 && abs(map.angle - 0.7) < 1e-12)
        let nothing = map.then(map.inverse)
        #expect((nothing(Point(100, 50)) - Point(100, 50)).length < 1e-10)
    }

    @Test func thenAppliesTheFirstMapFirst() {
        let turn = SimilarityMap(scale: 2, angle: 1)
        let shift = SimilarityMap(a: 1, b: 0, tx: 5, ty: 7)
        let p = Point(1, 2)
        #expect((turn.then(shift)(p) - shift(turn(p))).length < 1e-12)
    }

    @Test func fitRecoversTheMapOfItsPoints() {
        let points = randomPoints(68, seed: 3)
        let map = SimilarityMap(scale: 0.4, angle: -2, from: .zero, to: Point(9, 1))
        let found = SimilarityMap.fit(from: points, to: map(points))
        #expect(abs(found.a - map.a) < 1e-9 && abs(found.b - map.b) < 1e-9)
        #expect((found(points[0]) - map(points[0])).length < 1e-9)
    }

    @Test func fitOfOnePlaceIsAShift() {
        let found = SimilarityMap.fit(from: [Point(1, 1), Point(1, 1)], to: [Point(4, 5), Point(6, 5)])
        #expect(found == SimilarityMap(a: 1, b: 0, tx: 4, ty: 4))
    }

    @Test(arguments: [LandmarkScheme.ibug68, .wflw98, .fgnet68])
    func mirroringTwiceChangesNothing(scheme: LandmarkScheme) throws {
        let points = randomPoints(scheme.count, seed: 8)
        let twice = scheme.mirrored(try #require(scheme.mirrored(points)))
        #expect(zip(points, try #require(twice)).allSatisfy { ($0 - $1).length < 1e-12 })
        #expect(scheme.mirror != Array(0..<scheme.count))
    }

    @Test func mirrorMapsAreThoseOfTheSets() throws {
        #expect(
            LandmarkScheme.ibug68.mirror == [
                16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 27,
                28,
                29, 30, 35, 34, 33, 32, 31, 45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40, 54, 53, 52, 51, 50, 49, 48,
                59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
            ])
        #expect(
            LandmarkScheme.wflw98.mirror == [
                32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6,
                5,
                4, 3, 2, 1, 0, 46, 45, 44, 43, 42, 50, 49, 48, 47, 37, 36, 35, 34, 33, 41, 40, 39, 38, 51, 52, 53, 54,
                59,
                58, 57, 56, 55, 72, 71, 70, 69, 68, 75, 74, 73, 64, 63, 62, 61, 60, 67, 66, 65, 82, 81, 80, 79, 78, 77,
                76,
                87, 86, 85, 84, 83, 92, 91, 90, 89, 88, 95, 94, 93, 97, 96,
            ])
        #expect(
            LandmarkScheme.fgnet68.mirror == [
                14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 21, 22, 23, 24, 25, 26, 15, 16, 17, 18, 19, 20, 32,
                33,
                34, 35, 36, 27, 28, 29, 30, 31, 45, 44, 43, 42, 41, 40, 39, 38, 37, 47, 46, 54, 53, 52, 51, 50, 49, 48,
                59,
                58, 57, 56, 55, 62, 61, 60, 65, 64, 63, 66, 67,
            ])
    }

    @Test func regionsCoverEachPointOnce() {
        for scheme in [LandmarkScheme.ibug68, .wflw98, .fgnet68, .helen194] {
            let all = FaceRegion.allCases.flatMap { scheme.regions[$0] ?? [] }
            #expect(all.sorted() == Array(0..<scheme.count), "\(scheme.name)")
        }
    }

    @Test func unknownCountsHaveNoMirrorMap() {
        #expect(LandmarkScheme.named("29")?.count == 29)
        #expect(LandmarkScheme.named("29")?.mirror == nil)
        #expect(LandmarkScheme.named("points29") == LandmarkScheme.named("29"))
        #expect(LandmarkScheme.named("68") == .ibug68)
        #expect(LandmarkScheme.named("nobody") == nil)
    }
}
