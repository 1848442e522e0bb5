import Base
import Glibc
import Testing

@testable import FaceTracking

/// Points of one's own, as a model file describes them.
@Suite struct OwnSchemeTests {
    private func scheme() -> LandmarkScheme {
        var scheme = LandmarkScheme(
            name: "points3", count: 3, mirror: [1, 0, 2], normalizer: (0, 1), lines: [[0, 2, 1, 0]])
        scheme.pointNames = ["left", "right", "nose"]
        scheme.template = [Point(0.3, 0.4), Point(0.7, 0.4), Point(0.5, 0.6)]
        return scheme
    }

    @Test func metadataHoldAllOfIt() throws {
        let read = try LandmarkScheme(name: "points3", count: 3, metadata: scheme().metadata, file: "m")
        #expect(read.mirror == [1, 0, 2] && read.normalizer == .init(first: 0, second: 1))
        #expect(read.pointNames == ["left", "right", "nose"] && read.lines == [[0, 2, 1, 0]])
        #expect(read.template == scheme().template)
    }

    @Test(arguments: [
        ("mirror", "1 0"), ("mirror", "1 2 0"), ("mirror", "1 0 7"), ("normalizer", "0"), ("normalizer", "1 1"),
        ("point_names", "a b"), ("point_names", "a b b"), ("point_names", "a b 3"), ("lines", "0 1; 2 x"),
        ("crop_template", "0.1 0.2"), ("crop_template", "0.5 0.5 0.5 0.5 0.5 0.5"),
        ("crop_template", "0.5 0.5 1e9 0.5 0.5 0.5"), ("crop_template", "0 0 nan 0 0 1"),
    ])
    func brokenMetadataAreRefused(key: String, text: String) {
        let error = #expect(throws: LandmarkdError.self) {
            try LandmarkScheme(name: "points3", count: 3, metadata: [key: text], file: "m")
        }
        #expect(error?.exitCode == .unusableData && error?.cause.hasPrefix("m: metadata: \(key) ") == true)
    }

    @Test func whatTheNameSaysStays() throws {
        let read = try LandmarkScheme(
            name: "ibug68", count: 68, metadata: ["mirror": "0 1", "normalizer": "3 4"], file: "m")
        #expect(read.mirror == LandmarkScheme.ibug68.mirror && read.normalizer == LandmarkScheme.ibug68.normalizer)
    }

    @Test func aTemplateLaysUprightCropsOfTheSameSize() {
        let face = SimilarityMap(scale: 200, angle: 0.4, from: Point(0.5, 0.5), to: Point(310, 240))
        let points = face(scheme().template ?? [])
        let map = CropLayout().frameFromCrop(around: points, scheme: scheme())
        #expect(abs(map.scale - 200) < 1e-9 && abs(map.angle - 0.4) < 1e-9)
        #expect((map(Point(0.5, 0.5)) - Point(310, 240)).length < 1e-9)
        let error = CropLayout.Error(turn: 0.1, scale: log(2), shift: Point(0.1, 0))
        let wrong = CropLayout().frameFromCrop(around: points, scheme: scheme(), error: error)
        #expect(abs(wrong.scale - 400) < 1e-9 && abs(wrong.angle - 0.5) < 1e-9)
        #expect((wrong(Point(0.5, 0.5)) - Point(310 + 40 * cos(0.4), 240 + 40 * sin(0.4))).length < 1e-9)
        let point = CropLayout().frameFromCrop(around: [Point](repeating: Point(5, 5), count: 3), scheme: scheme())
        #expect(point.scale == 1)
    }

    @Test func linesOfKnownSchemesJoinTheirPoints() {
        #expect(LandmarkScheme.ibug68.lines.count == 9)
        #expect(LandmarkScheme.ibug68.lines[5] == [36, 37, 38, 39, 40, 41, 36])
        for scheme in [LandmarkScheme.ibug68, .wflw98] {
            #expect(scheme.lines.allSatisfy { $0.allSatisfy((0..<scheme.count).contains) })
        }
    }
}
