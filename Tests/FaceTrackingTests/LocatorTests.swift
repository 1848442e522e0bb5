import Glibc
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking

@Suite struct LocatorTests {
    private func crop(_ side: Double, _ x: Double, _ y: Double, degrees: Double = 0) -> SimilarityMap {
        SimilarityMap(scale: side, angle: degrees * .pi / 180, from: Point(0.5, 0.5), to: Point(x, y))
    }

    @Test func aCellGivesBackTheCropThatItWasMadeFrom() {
        for (side, x, y, degrees) in [(14.0, 3.0, 100.5, -44.0), (300, 81.2, 60, 100), (32, 0, 0, 0)] {
            let crop = crop(side, x, y, degrees: degrees)
            let found = FaceCell(crop, column: 7, row: 2).crop(column: 7, row: 2)
            for corner in [Point(0, 0), Point(1, 0), Point(0.3, 1)] {
                #expect((found(corner) - crop(corner)).length < 1e-9)
            }
        }
    }

    @Test(arguments: [
        (1280, 720, 224, 128), (720, 1280, 128, 224), (640, 480, 192, 160), (512, 512, 160, 160), (640, 360, 224, 128),
    ])
    func framesAreShrunkToWholeCells(width: Int, height: Int, wide: Int, tall: Int) {
        let size = LocatorInputSize(width: width, height: height)
        #expect((size.width, size.height) == (wide, tall))
        let inputFromWindow = size.windowFromInput(width: width, height: height).inverse
        let (low, high) = (
            inputFromWindow(Point(-0.5, -0.5)), inputFromWindow(Point(Double(width) - 0.5, Double(height) - 0.5))
        )
        #expect(low.x > -0.501 && low.y > -0.501 && high.x < Double(wide) - 0.499 && high.y < Double(tall) - 0.499)
        // One pair of sides touches, and the frame lies in the middle.
        #expect(min(low.x, low.y) < -0.499)
        #expect(abs(low.x + high.x - Double(wide - 1)) < 1e-9 && abs(low.y + high.y - Double(tall - 1)) < 1e-9)
    }

    @Test(arguments: [(1, 1), (5000, 2), (3, 4000)]) func framesOfOddShapesAreShrunkToo(width: Int, height: Int) {
        let size = LocatorInputSize(width: width, height: height)
        #expect(size.width % 32 == 0 && size.height % 32 == 0 && size.width * size.height <= 30_720)
    }

    @Test func oneFaceIsNotNamedTwice() {
        let faces = [
            LocatedFace(crop: crop(50, 60, 60), presence: 0.7), LocatedFace(crop: crop(52, 64, 58), presence: 0.9),
            LocatedFace(crop: crop(20, 62, 60), presence: 0.4), LocatedFace(crop: crop(50, 110, 60), presence: 0.5),
        ]
        #expect(faces.withoutDuplicates(limit: 9) == [faces[1], faces[3]])
        #expect(faces.withoutDuplicates(limit: 1) == [faces[1]])
        #expect([LocatedFace]().withoutDuplicates(limit: 3).isEmpty)
    }

    /// A grey frame with a known gradient, whose cells answer where the network is told to: its bias.
    @Test func facesAreToldInPixelsOfTheFrame() throws {
        let model = LocatorModel()
        let weights = model.weights.trained
        weights["head.numbers.weight"]!.values.update(repeating: 0)
        let bias = weights["head.numbers.bias"]!.values
        _ = bias.update(fromContentsOf: [0, 0.5, -0.5, Float(log(2.0)), 0, 1])
        let frame = PixelBuffer(width: 1280, height: 720).frame(fullRange: false)
        let runner = LocatorRunner(model)
        let found = runner.faces(in: frame, threshold: 0.4, limit: 1000)
        #expect(runner.faces(in: frame, threshold: 0.6, limit: 1000).isEmpty)
        let first = try #require(found.first)
        #expect(first.presence == 0.5 && abs(first.crop.angle - .pi / 2) < 1e-6)
        // 224×128 pixels show 1280×731 of the frame's: 40/7 of them a pixel.
        #expect(abs(first.crop.scale - 64 * 1280 / 224) < 1e-3)
        let centre = first.crop(Point(0.5, 0.5))
        #expect((centre - Point(8 * 1280 / 224 - 0.5, 0 - (128 * 1280 / 224 - 720) / 2 - 0.5)).length < 1e-3)
    }

    @Test func itKeepsItsBudget() {
        let model = LocatorModel()
        #expect(LocatorRunner(model).multiplyAdds(width: 1920, height: 1080) <= 40_000_000)
        #expect(model.weights.trained.parameterCount <= 200_000)
    }

    // MARK: Files

    @Test func aWrittenModelIsReadBack() throws {
        var model = LocatorModel(seed: 3)
        model.notes["training_sets"] = "a b"
        let folder = try TemporaryFolder()
        try model.file().write(to: folder.path("l.safetensors"), as: .float32)
        let read = try LocatorModel(path: folder.path("l.safetensors"))
        #expect(read.configuration == model.configuration && read.notes == model.notes)
        #expect(Array(read.weights.trained.elements) == Array(model.weights.trained.elements))
    }

    @Test func modelsForSomethingElseAreRefused() throws {
        let cascade = CascadeModel(CascadeConfiguration()).file()
        var missing = LocatorModel().file()
        missing.tensors.removeFirst()
        var absurd = LocatorModel().file()
        absurd.metadata["width_2"] = "4000000"
        for file in [cascade, missing, absurd] {
            let error = #expect(throws: LandmarkdError.self) { _ = try LocatorModel(file, name: "broken") }
            #expect(error?.exitCode == .unusableData)
        }
    }

    @Test func partsOfAWindowCoverItAndOverlap() {
        let window = SearchWindow(x: 10, y: 20, width: 641, height: 359)
        let parts = window.parts
        for (x, y) in [(10, 20), (650, 378), (330, 199), (10, 378), (300, 20)] {
            #expect(parts.contains { x >= $0.x && x < $0.x + $0.width && y >= $0.y && y < $0.y + $0.height })
        }
        #expect(parts[0].x + parts[0].width - parts[1].x > 641 / 6, "a face on the border is whole in one")
        #expect(parts.allSatisfy { $0.width < 400 && $0.height < 220 })
    }

    /// Seen in a window, a face is told in pixels of the whole frame.
    @Test func aWindowsFacesLieInTheFrame() throws {
        let model = LocatorModel()
        model.weights.trained["head.numbers.weight"]!.values.update(repeating: 0)
        _ = model.weights.trained["head.numbers.bias"]!.values.update(fromContentsOf: [0, 0, 0, 0, 1, 0])
        let frame = PixelBuffer(width: 640, height: 480).frame(fullRange: false)
        let window = SearchWindow(x: 300, y: 200, width: 160, height: 160)
        let runner = LocatorRunner(model)
        let found = runner.faces(in: frame, window: window, threshold: 0.4, limit: 1000)
        let centres = found.map { $0.crop(Point(0.5, 0.5)) }
        let box = Box(around: centres)
        #expect(box.low.x > 299 && box.high.x < 460 && box.low.y > 199 && box.high.y < 360)
        #expect(box.width > 100 && box.height > 100)
    }
}
