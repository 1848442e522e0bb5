import Base
import FaceTracking
import TestSupport
import Testing

@testable import Training

/// A crop and its labels.
private struct Drawn {
    var pixels: [Float]
    var labels: SampleLabels

    init(_ source: any SampleSource, _ index: UInt64) {
        let generator = source.makeGenerator()
        pixels = [Float](repeating: 9, count: source.side * source.side * source.channels)
        labels = pixels.withUnsafeMutableBufferPointer { generator.makeSample(index: index, into: $0) }
    }

    /// Luma at a place in crop units, bilinear.
    func luma(_ p: Point, side: Int) -> Double {
        let at = p * Double(side) - 0.5
        let (i, j) = (Int(at.x.rounded(.down)), Int(at.y.rounded(.down)))
        let f = Point(at.x - Double(i), at.y - Double(j))
        func value(_ i: Int, _ j: Int) -> Double { Double(pixels[3 * (j * side + i)]) }
        let upper = value(i, j) * (1 - f.x) + value(i + 1, j) * f.x
        return upper * (1 - f.y) + (value(i, j + 1) * (1 - f.x) + value(i + 1, j + 1) * f.x) * f.y
    }
}

@Suite struct SamplerTests {
    private let painted: PaintedFaces

    init() throws { painted = try PaintedFaces() }

    private func sampler(
        _ recipe: AugmentationRecipe, seed: UInt64 = 5, negatives: Bool = true
    ) -> TrainingSampler {
        TrainingSampler(
            painted.faces, negatives: negatives ? painted.negatives : PictureSet(), recipe: recipe, side: 96, seed: seed
        )
    }

    @Test(arguments: [AugmentationRecipe.Crops.method, .tracking], [0.0, 1.0])
    func landmarksStayOnTheirPlaceInThePicture(crops: AugmentationRecipe.Crops, mirrored: Double) {
        var recipe = crops == .method ? AugmentationRecipe.method : .tracking
        recipe.photometry = .none
        recipe.mirrorShare = mirrored
        let source = sampler(recipe, negatives: false)
        for index in 0..<20 {
            let drawn = Drawn(source, UInt64(index))
            let number = painted.faces.faces.firstIndex { $0.file == drawn.labels.file }!
            for (i, p) in drawn.labels.truth.enumerated() where 0.05...0.95 ~= p.x && 0.05...0.95 ~= p.y {
                let original = mirrored == 1 ? LandmarkScheme.ibug68.mirror![i] : i
                let place = painted.faces.faces[number].points[original]
                let level = (drawn.luma(p, side: 96) + 1) * 127.5
                let expected = number.isMultiple(of: 2) ? place.x : place.y
                #expect(abs(level - expected) < 0.01, "sample \(index), point \(i)")
            }
        }
    }

    @Test func aNumberGivesTheSameSampleWhateverCameBefore() {
        let source = sampler(.tracking)
        let generator = source.makeGenerator()
        var pixels = [Float](repeating: 0, count: 96 * 96 * 3)
        for index in [7, 3, 11] as [UInt64] {
            let labels = pixels.withUnsafeMutableBufferPointer { generator.makeSample(index: index, into: $0) }
            let fresh = Drawn(source, index)
            #expect(fresh.pixels == pixels && fresh.labels.truth == labels.truth && fresh.labels.prior == labels.prior)
        }
        #expect(Drawn(sampler(.tracking, seed: 6), 7).pixels != Drawn(source, 7).pixels)
    }

    @Test func theTrackingRecipeKeepsItsShares() {
        var recipe = AugmentationRecipe.tracking
        recipe.photometry = .none
        recipe.negatives.share = 0.08
        let source = sampler(recipe)
        let labels = (0..<1000).map { Drawn(source, UInt64($0)).labels }
        let faces = labels.filter(\.presence)
        #expect(50...115 ~= 1000 - faces.count, "8 % have no face")
        #expect(labels.allSatisfy { $0.presence != $0.truth.isEmpty })
        let primed = faces.count { $0.prior != nil }
        #expect(400...520 ~= primed, "half of the faces have a prior")
        let machineMade = faces.count { $0.file.hasSuffix("face0.pgm") }
        #expect(35...95 ~= machineMade, "0.35 of 5.35")
    }

    @Test func cropsOfTheMethodHoldTheWholeFace() {
        for seed in 0..<200 {
            var random = SplitMix64(seed: UInt64(seed))
            let points = PaintedFaces.shape(seed % 6)
            let map = methodCrop(points, .method, &random)
            let inside = map.inverse(points)
            #expect(inside.allSatisfy { -1e-9...1 + 1e-9 ~= $0.x && -1e-9...1 + 1e-9 ~= $0.y })
            let box = faceBox(landmarkBox(points, turn: -map.angle), forehead: 1.4)
            #expect(cropSides(box, largestArea: 2).contains(map.scale))
            #expect(abs(map.angle) <= 15 * Double.pi / 180)
        }
    }

    @Test func narrowFacesStillHaveACropSide() {
        let narrow = Box(low: Point(0, 0), high: Point(1, 100))
        #expect(cropSides(narrow, largestArea: 2) == 100...100)
    }

    @Test func mirroringASampleTwiceGivesItBack() throws {
        let truth = Drawn(sampler(.tracking, negatives: false), 3).labels.truth
        let twice = LandmarkScheme.ibug68.mirrored(try #require(LandmarkScheme.ibug68.mirrored(truth)))
        #expect(zip(truth, try #require(twice)).allSatisfy { ($0 - $1).length < 1e-12 })
    }

    @Test func pixelsStayBetweenMinusOneAndOne() {
        let source = sampler(.tracking)
        for index in 0..<60 { #expect(Drawn(source, UInt64(index)).pixels.allSatisfy { -1...1 ~= $0 }) }
    }

    @Test func bakedSamplesComeBack() throws {
        let folder = try TemporaryFolder()
        let source = sampler(.tracking)
        try SampleBaker(folder: folder.path("baked")).bake(source, scheme: .ibug68, count: 12)
        #expect(BakedSamples.isBaked(folder.path("baked")))
        let baked = try BakedSamples(folder: folder.path("baked"))
        #expect(baked.count == 12 && baked.side == 96 && baked.scheme == .ibug68)
        for index in [0, 5, 11] as [UInt64] {
            let (made, read) = (Drawn(source, index), Drawn(baked, index + 12))
            #expect(zip(made.pixels, read.pixels).allSatisfy { abs($0 - $1) <= 0.5 / 127 + 1e-6 })
            #expect(zip(made.labels.truth, read.labels.truth).allSatisfy { ($0 - $1).length < 1e-6 })
            #expect(made.labels.presence == read.labels.presence && made.labels.file == read.labels.file)
            #expect((made.labels.prior == nil) == (read.labels.prior == nil))
        }
    }

    @Test func cutOffBakedSamplesAreUnusable() throws {
        let folder = try TemporaryFolder()
        try SampleBaker(folder: folder.path).bake(sampler(.tracking), scheme: .ibug68, count: 2)
        try writeFile(folder.path("crops.bin"), [1, 2, 3])
        let error = #expect(throws: LandmarkdError.self) { try BakedSamples(folder: folder.path) }
        #expect(error?.exitCode == .unusableData)
        try writeFile(folder.path("samples.csv"), Array("landmarkd-samples/1,96,3,ibug68,2\na,1,T,0.5\n".utf8))
        let other = #expect(throws: LandmarkdError.self) { try BakedSamples(folder: folder.path) }
        #expect(other?.cause.hasSuffix("samples.csv:2: 1 samples where 2 belong") ?? false)
    }

    @Test func pointsInTheWrongPictureAreFound() throws {
        var face = painted.faces.faces[1]
        face.size = PixelSize(width: 100, height: 90)
        let error = #expect(throws: LandmarkdError.self) { try FaceSet([face]) }
        #expect(error?.cause.contains("is 240×240, not 100×90") ?? false)
        face.file = painted.folder.path("missing.pgm")
        let missing = #expect(throws: LandmarkdError.self) { try FaceSet([face]) }
        #expect(missing?.exitCode == .noInput)
    }

    @Test func shrunkPicturesTakeTheirPointsAlong() throws {
        let half = try FaceSet([painted.faces.faces[1]], longerSide: 120)
        let p = painted.faces.faces[1].points[8]
        #expect((half.faces[0].points[8] - ((p + 0.5) / 2 - 0.5)).length < 1e-9)
        #expect(half.faces[0].size == PixelSize(width: 120, height: 120))
    }

    @Test func theNextFrameShowsTheSameFaceMovedALittleUnderFreshNoise() {
        var recipe = AugmentationRecipe.tracking
        recipe.pairs.share = 1
        recipe.negatives.share = 0
        recipe.photometry.noiseShare = 1
        let source = sampler(recipe, negatives: false)
        for index in stride(from: UInt64(0), to: 12, by: 2) {
            let (first, second) = (Drawn(source, index), Drawn(source, index + 1))
            #expect(!first.labels.isNextFrame && second.labels.isNextFrame)
            #expect(first.labels.file == second.labels.file)
            let moves = zip(first.labels.truth, second.labels.truth).map { ($0 - $1).length }
            #expect(moves.max()! < 0.1 && moves.max()! > 1e-4)
            #expect((first.labels.prior == nil) == (second.labels.prior == nil))
            #expect(first.pixels != second.pixels)
        }
        // Without motion the two differ by their noise alone.
        (recipe.pairs.turn, recipe.pairs.scale, recipe.pairs.shift) = (0, 0, 0)
        let still = sampler(recipe, negatives: false)
        #expect(Drawn(still, 0).labels.truth == Drawn(still, 1).labels.truth)
        #expect(Drawn(still, 0).pixels != Drawn(still, 1).pixels)
    }

    @Test func withoutPairsNoSampleIsANextFrame() {
        let source = sampler(.tracking)
        #expect((0..<20).allSatisfy { !Drawn(source, $0).labels.isNextFrame })
    }
}
