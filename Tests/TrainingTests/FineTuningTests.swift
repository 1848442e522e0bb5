import Base
import Rendering
import TestSupport
import Testing

@testable import FaceTracking
@testable import NeuralNetwork
@testable import Safetensors
@testable import Samples
@testable import Training

/// Points of one's own from a trained model.
@Suite struct FineTuningTests {
    private let data: DataFolder

    init() throws {
        data = try DataFolder()
        try data.picture("a.jpg")
    }

    private func configuration(_ name: String) throws -> CascadeConfiguration {
        var configuration = CascadeConfiguration()
        (configuration.crop, configuration.width, configuration.deepWidth) = (32, 8, 16)
        configuration.attentionHeads = 1
        let scheme = try #require(LandmarkScheme.named(name))
        (configuration.scheme, configuration.points) = (scheme.name, scheme.count)
        return configuration
    }

    /// Faces of four points in one grey picture.
    private func table(rows: Int = 12) throws {
        let names = (0..<4).flatMap { ["x\($0)", "y\($0)"] }.joined(separator: ",")
        let lines = (0..<rows).map { "a.jpg,own,train,g\($0),10,8,26,8,12,\(18 + $0 % 3),24,20\n" }
        try data.put("annotations.csv", "file,set,split,group,\(names)\n" + lines.joined())
    }

    // MARK: Weights

    @Test func newLandmarksStartFromTheColumnsOfOldOnes() throws {
        let old = CascadeModel(try configuration("ibug68"), seed: 3)
        let new = CascadeModel(try configuration("points4"), seed: 4)
        let before = try #require(new.weights.trained["pass.logits.weight"]).values.map { $0 }
        let transfer = WeightTransfer(from: old, to: new, origins: [36, 45, nil, 36])
        let (known, found) = (
            try #require(old.weights.trained["pass.logits.weight"]).values,
            try #require(new.weights.trained["pass.logits.weight"]).values
        )
        for row in 0..<8 {
            for place in 0..<4 {
                let (source, target) = (row * 4 * 68 + place * 68, row * 16 + place * 4)
                #expect(found[target] == known[source + 36] && found[target + 1] == known[source + 45])
                #expect(found[target + 2] == before[target + 2], "without an origin it starts from nothing")
                #expect(found[target + 3] == known[source + 36])
            }
        }
        // Two landmarks read what one did: each with half of its weight.
        let (oldPrior, prior) = (
            try #require(old.weights.trained["pass.prior.weight"]).values,
            try #require(new.weights.trained["pass.prior.weight"]).values
        )
        #expect(prior[0] == oldPrior[36 * 8] / 2 && prior[3 * 8 + 1] == oldPrior[36 * 8 + 1] / 2)
        #expect(prior[1 * 8 + 2] == oldPrior[45 * 8 + 2])
        #expect(
            transfer.inherited.contains("features.stem.weight") && !transfer.inherited.contains("pass.logits.weight"))
        #expect(transfer.inherited.contains { $0.hasSuffix(".mean") }, "running statistics are kept")
        #expect(transfer.fresh.contains("pass.offset.weight"))
        let stem = try #require(new.weights.trained["features.stem.weight"]).values
        #expect(stem.elementsEqual(try #require(old.weights.trained["features.stem.weight"]).values))
    }

    @Test func theSamePointsKeepAllWeights() throws {
        let old = CascadeModel(try configuration("points4"), seed: 3)
        let new = CascadeModel(try configuration("points4"), seed: 4)
        let transfer = WeightTransfer(from: old, to: new, origins: [0, 1, 2, 3])
        #expect(transfer.fresh.isEmpty)
        #expect(old.file().tensors.map(\.2) == new.file().tensors.map(\.2))
    }

    // MARK: Faces

    /// Ten landmarks of the 68, on drawn faces, with another name: the shipped model finds where they lie in its crops.
    @Test func aModelFindsWhereNewLandmarksLieInItsCrops() throws {
        let average = try AverageFace(path: "\(packageFolder)/models/average-face.safetensors")
        let model = try CascadeModel(path: "\(packageFolder)/models/face68.safetensors")
        let chosen = [36, 39, 42, 45, 30, 48, 54, 51, 57, 8]
        let drawn = FaceSet(rendered: 8, average, seed: 5)
        let scheme = try #require(LandmarkScheme.named("points10"))
        let faces = drawn.faces.map { face in
            AnnotatedFace(
                file: face.file, set: face.set, split: .train, group: face.group,
                points: chosen.map { face.points[$0] },
                scheme: scheme, size: face.size, source: face.source)
        }
        let own = FaceSet(faces, frames: drawn.faces.indices.map { drawn.frame(of: $0) })
        let alignment = try #require(SchemeAlignment(model, own))
        #expect(alignment.nearest == chosen.map { $0 })
        // The crops that the ten lay are those of the 68.
        var described = scheme
        described.template = alignment.template
        for (face, whole) in zip(faces, drawn.faces) {
            let (mine, usual) = (
                CropLayout().frameFromCrop(around: face.points, scheme: described),
                CropLayout().frameFromCrop(around: whole.points, scheme: .ibug68)
            )
            #expect(0.85...1.18 ~= mine.scale / usual.scale, "\(mine.scale / usual.scale)")
            #expect((mine(Point(0.5, 0.5)) - usual(Point(0.5, 0.5))).length < 0.15 * usual.scale)
        }
    }

    @Test func fewFacesHoldBackALargerShare() {
        #expect(FaceSplit.share(groups: 3000) == FaceSplit.shippedShare)
        #expect(abs(FaceSplit.share(groups: 100) - 0.1) < 1e-12 && FaceSplit.share(groups: 12) == 0.2)
    }

    // MARK: Runs

    @Test func theSchemeIsReadFromTheData() throws {
        try table()
        #expect(try TrainingData.scheme(of: [data.path], usual: .ibug68).name == "points4")
        try data.put("annotations.csv", "file,x0,y0,x1,y1\na.jpg,1,1,9,9\na.jpg,1,1,,\n")
        let error = fault { _ = try TrainingData.scheme(of: [data.path], usual: .ibug68) }
        #expect(error?.exitCode == .unusableData && error?.remedy?.contains("'scheme: points1'") == true)
    }

    @Test func aHeldBackFaceWhoseUnitHasNoLengthIsToldAndNotJudged() throws {
        let lines = (0..<40).map { "a.jpg,own,train,g\($0),10,8,\($0 % 2 == 0 ? 10 : 26),8,12,18,24,20\n" }
        try data.put("annotations.csv", "file,set,split,group,x0,y0,x1,y1,x2,y2,x3,y3\n" + lines.joined())
        try data.put("r.yaml", "samples: 24\nvalidation_share: 0.3\nunit: [0, 1]\nmirror: [1, 0, 3, 2]\n")
        var recipe = try TrainingRecipe(path: data.path("r.yaml"))
        (recipe.settings.threads, recipe.model) = (1, try configuration("points4"))
        let output = data.path("own.safetensors")
        var told: [String] = []
        try TrainingRun(.init(folders: [data.path], output: output, recipe: recipe)).run(
            isStopped: { false }, observer: { if case .warning(let text) = $0 { told.append(text) } })
        #expect(told.contains { $0.contains("has no length: the face is not evaluated") }, "\(told)")
        let error = try #require(try CascadeModel(path: output).notes["validation_error_percent"])
        #expect(error.split(separator: " ").allSatisfy { Double($0)?.isFinite == true }, "\(error)")
    }

    @Test func aLineOfOnePointIsRefused() throws {
        var points = PointDescription()
        points.lines = [["0"]]
        let scheme = try #require(LandmarkScheme.named("points4"))
        #expect(fault { _ = try points.applied(to: scheme) }?.cause == "recipe: lines: a line of 1 points")
    }

    @Test func aRunFromAModelKeepsItsNetworkAndDescribesItsPoints() throws {
        try table()
        let base = data.path("base.safetensors")
        try CascadeModel(configuration("ibug68"), seed: 3, notes: ["samples_seen": "77"]).file()
            .write(to: base, as: .float32)
        try data.put(
            "r.yaml",
            "samples: 24\nfrozen_share: 1\nvalidation_share: 0\npoint_names: [left, right, mouth_left, mouth_right]\n"
                + "lines: [[left, right], [2, 3]]\nmirror: [1, 0, 3, 2]\nunit: [left, right]\n")
        var recipe = try TrainingRecipe(path: data.path("r.yaml"))
        recipe.settings.threads = 1
        let output = data.path("own.safetensors")
        let run = TrainingRun(.init(folders: [data.path], output: output, recipe: recipe, from: base))
        var told: [String] = []
        try run.run(
            isStopped: { false }, observer: { if case .note(let text) = $0 { told.append(text) } })
        #expect(told.contains { $0.contains("base.safetensors, trained on 77 samples: ") }, "\(told)")
        let model = try CascadeModel(path: output)
        #expect(model.configuration.width == 8 && model.configuration.scheme == "points4")
        #expect(model.scheme.pointNames == ["left", "right", "mouth_left", "mouth_right"])
        #expect(model.scheme.lines == [[0, 1], [2, 3]] && model.scheme.mirror == [1, 0, 3, 2])
        #expect(model.scheme.normalizer == .init(first: 0, second: 1))
        #expect(model.notes[TrainingStart.note] == "base.safetensors, 77 samples")
        // Weights that were taken over stood still all the time.
        let kept = try #require(model.file()["features.stem.weight"]).values
        let first = try #require(try SafetensorsFile(path: base)["features.stem.weight"]).values
        #expect(zip(kept, first).allSatisfy { abs($0 - $1) < 1e-3 }, "half precision")
        // What is resumed is described as before, without the recipe.
        var plain = TrainingRecipe()
        (plain.settings.samples, plain.settings.threads, plain.validation) = (48, 1, 0)
        try TrainingRun(.init(folders: [data.path], output: output, recipe: plain, resume: true))
            .run(isStopped: { false }, observer: { _ in })
        #expect(try CascadeModel(path: output).scheme.pointNames == model.scheme.pointNames)
    }

    @Test func aRecipeForAnotherNetworkIsRefused() throws {
        try table()
        let base = data.path("base.safetensors")
        try CascadeModel(configuration("ibug68")).file().write(to: base, as: .float32)
        try data.put("r.yaml", "crop: 32\nwidth: 48\n")
        let recipe = try TrainingRecipe(path: data.path("r.yaml"))
        let run = TrainingRun(.init(folders: [data.path], output: data.path("m"), recipe: recipe, from: base))
        let error = fault { try run.run(isStopped: { true }, observer: { _ in }) }
        #expect(error?.exitCode == .wrongSettings)
        #expect(error?.cause == "recipe: width: is 48, but \(base) has 8")
    }

    @Test func whatIsLeftOutSuitsTheNumberOfFaces() {
        var recipe = TrainingRecipe()
        recipe.suit(faces: 60, isFineTuning: true)
        #expect(recipe.settings.samples < 100_000 && recipe.settings.validationInterval * 5 <= recipe.settings.samples)
        var given = TrainingRecipe()
        (given.settings.samples, given.given) = (400_000, ["samples"])
        given.suit(faces: 60, isFineTuning: true)
        #expect(given.settings.samples == 400_000)
        var many = TrainingRecipe()
        many.suit(faces: 10_000, isFineTuning: false)
        #expect(many.settings == TrainingSettings())
    }
}

/// What a recipe says of its points.
@Suite struct PointDescriptionTests {
    private func error(_ change: (inout PointDescription) -> Void) -> LandmarkdError? {
        var description = PointDescription()
        change(&description)
        return fault { _ = try description.applied(to: LandmarkScheme(name: "points4", count: 4)) }
    }

    @Test func contradictionsAreSaidWithTheirKey() {
        let causes = [
            (error { $0.names = ["a", "b"] }, "point_names: 2 names for 4 points"),
            (error { $0.names = ["a", "b", "a", "c"] }, "point_names: 'a' is given twice"),
            (error { $0.names = ["a", "b", "c d", "e"] }, "point_names: 'c d' cannot be a name"),
            (error { $0.names = ["a", "b", "3", "e"] }, "point_names: '3' cannot be a name"),
            (error { $0.mirror = ["1", "0"] }, "mirror: 2 entries for 4 points"),
            (error { $0.mirror = ["1", "2", "0", "3"] }, "mirror: point 0 becomes 1, but 1 becomes 2"),
            (error { $0.mirror = ["1", "0", "4", "3"] }, "mirror: '4' is none of the 4 points"),
            (error { $0.lines = [["0", "eye"]] }, "lines: 'eye' is none of the 4 points"),
            (error { $0.unit = ["0"] }, "unit: 1 points"),
        ]
        for (error, cause) in causes {
            #expect(
                error?.exitCode == .wrongSettings && error?.cause == "recipe: " + cause, "\(error?.cause ?? "none")")
            #expect(error?.remedy != nil)
        }
        let typo = error { ($0.names, $0.lines) = (["eye", "nose", "lip", "chin"], [["eye", "noes"]]) }
        #expect(typo?.remedy == "did you mean 'nose'?")
    }
}
