import Base
import FaceTracking
import Testing

@testable import Samples

/// Which picture an annotation is of, and which way round.
@Suite struct PictureMatchTests {
    private let data: DataFolder

    init() throws { data = try DataFolder() }

    private let threePoints = LandmarkScheme(name: "points3", count: 3)

    private func pts(_ points: [Point]) -> String {
        "version: 1\nn_points: \(points.count)\n{\n" + points.map { "\($0.x + 1) \($0.y + 1)\n" }.joined() + "}\n"
    }

    private func set() throws -> FaceSet { try FaceSet(readAnnotations(folder: data.path, scheme: threePoints).faces) }

    private let corners = [Point(5, 5), Point(30, 5), Point(18, 25)]

    @Test func theLargestPictureIsTakenAndAllAreNamed() throws {
        try data.picture("a.jpg", 40, 30)
        try data.picture("a.png", 20, 15)
        try data.put("a.pts", pts(corners))
        let found = try readAnnotations(folder: data.path, scheme: threePoints)
        #expect(found.faces.map(\.file) == [data.path("a.jpg")])
        #expect(found.warnings.map(\.kind) == [.ambiguousPicture])
        #expect(found.warnings[0].text == "\(data.path("a.pts")): a.jpg is taken for its picture, not a.png")
    }

    @Test func ofEquallyLargePicturesTheJPEGIsNoMask() throws {
        for name in ["b.bmp", "b.jpeg", "b.png"] { try data.picture(name) }
        try data.put("b.pts", pts(corners))
        let found = try readAnnotations(folder: data.path, scheme: threePoints)
        #expect(
            found.faces.map(\.file) == [data.path("b.jpeg")] && found.warnings[0].text.hasSuffix("not b.bmp, b.png"))
    }

    @Test func onePictureIsNoDoubt() throws {
        try data.picture("a.jpg")
        try data.picture("b.png")
        try data.put("a.pts", pts(corners))
        #expect(try readAnnotations(folder: data.path, scheme: threePoints).warnings.isEmpty)
    }

    @Test func facesMostlyOutsideTheirPictureAreLeftOut() throws {
        for name in ["a", "b"] {
            try data.picture("\(name).jpg")
            try data.put("\(name).pts", pts(name == "a" ? corners : [Point(5, 5), Point(60, 5), Point(18, 45)]))
        }
        let set = try set()
        #expect(set.faces.map(\.file) == [data.path("a.jpg")] && set.warnings.map(\.kind) == [.outsidePicture])
        let text = "\(data.path("b.pts")): 2 of 3 points lie outside \(data.path("b.jpg")) (40×30): left out"
        #expect(set.warnings[0].text == text)
        try data.put("a.pts", pts([Point(45, 5), Point(60, 5), Point(18, 5)]))
        #expect(fault { _ = try self.set() }?.exitCode == .unusableData, "nothing is left")
    }

    @Test func aTurnedPictureIsMeantAsDisplayedAndThatIsTold() throws {
        try data.turnedPicture("a.jpg", 64, 32, exif: 6)
        try data.put("a.pts", pts([Point(5, 5), Point(20, 5), Point(12, 50)]))
        let set = try set()
        #expect(set.faces[0].points[2] == Point(12, 50) && set.faces[0].size == PixelSize(width: 32, height: 64))
        #expect(set.warnings.map(\.kind) == [.turnedPicture])
        #expect(set.warnings[0].text.contains("a.jpg") && set.warnings[0].text.contains("a.pts"))
    }

    /// The stored picture is 64×32; EXIF 6 turns it clockwise by a quarter to be shown.
    @Test func aStatedSizeTellsWhichWayRound() throws {
        try data.turnedPicture("a.jpg", 64, 32, exif: 6)
        let header = "file,width,height,x0,y0,x1,y1,x2,y2\n"
        try data.put("annotations.csv", header + "a.jpg,32,64,5,5,20,5,12,50\n")
        #expect(try set().warnings.isEmpty)
        try data.put("annotations.csv", header + "a.jpg,64,32,5,26,5,11,50,19\n")
        let turned = try set()
        #expect(turned.faces[0].points == [Point(5, 5), Point(20, 5), Point(12, 50)])
        #expect(turned.warnings.map(\.kind) == [.storedOrientation])
        try data.put("annotations.csv", header + "a.jpg,60,30,5,26,5,11,50,19\n")
        #expect(fault { _ = try set() }?.cause.contains("a.jpg is 32×64, not 60×30") == true)
    }

    /// Each orientation of EXIF brings a mark to where readers of the displayed picture see it.
    @Test(arguments: 1...8) func storedPlacesAreBroughtToWhereTheyAreShown(exif: UInt8) throws {
        try data.turnedPicture("a.jpg", 64, 32, exif: exif)
        let frame = try PictureSet([data.path("a.jpg")]).frames[0]
        let side = frame.orientation.displayed(Point(0, 16), in: PixelSize(width: 64, height: 32))
        // The stored left side is dark.
        var crop = [Float](repeating: 0, count: 32 * 32 * 3)
        let (width, height) = (Double(frame.displayWidth), Double(frame.displayHeight))
        let inwards = side + (Point(width - 1, height - 1) / 2 - side) * 0.3
        let map = SimilarityMap(scale: 8, angle: 0, from: Point(0.5, 0.5), to: inwards)
        crop.withUnsafeMutableBufferPointer { CropSampler(side: 32).sample(frame, map, into: $0) }
        #expect(crop[(16 * 32 + 16) * 3] < 0)
    }

    @Test func warningsOfAKindAreCutShort() {
        let warnings = (0..<5).map { DataWarning(.turnedPicture, "\($0)") } + [DataWarning(.outsidePicture, "x")]
        #expect(
            warnings.lines == ["x", "0", "1", "2", "… and 2 more like this"])
    }
}
