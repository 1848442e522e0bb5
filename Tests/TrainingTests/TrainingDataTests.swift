import Base
import FaceTracking
import Testing

@testable import Evaluation
@testable import Safetensors
@testable import Samples
@testable import Training

/// What a run says of data and models that do not go together.
@Suite struct TrainingDataTests {
    private let data: DataFolder

    init() throws {
        data = try DataFolder()
        try data.picture("a.jpg")
    }

    /// Ten points in a picture, as rows of a table.
    private func table(rows: Int = 3, split: String = "train") throws {
        let names = (0..<10).flatMap { ["x\($0)", "y\($0)"] }.joined(separator: ",")
        let row =
            "a.jpg,own,\(split),somebody," + (0..<10).map { "\(3 * $0 + 1),\(2 * $0 + 3)" }.joined(separator: ",")
            + "\n"
        try data.put("annotations.csv", "file,set,split,group,\(names)\n" + String(repeating: row, count: rows))
    }

    private func error(_ scheme: String, sets: [String] = [], validation: Double = 0.06) throws -> LandmarkdError? {
        let scheme = try #require(LandmarkScheme.named(scheme))
        return fault { _ = try TrainingData(folders: [data.path], scheme: scheme, sets: sets, validation: validation) }
    }

    @Test func itSaysWhatItFoundAndWhichKeyToWrite() throws {
        try table()
        let start = "no face is left to train on: \(data.path): "
        let other = try error("ibug68")
        #expect(other?.cause == start + "found 3 faces with 10 points (points10); none of 68 points (ibug68)")
        #expect(other?.remedy?.hasPrefix("write 'scheme: points10' in the recipe") == true)
        let sets = try error("10", sets: ["lfpw"])
        #expect(sets?.cause == start + "faces: 3 of own; none of the sets lfpw")
        #expect(sets?.remedy == "write 'sets: [own]' in the recipe, or leave the key out")
        #expect(try error("10", validation: 1)?.remedy?.hasPrefix("write 'validation_share: 0'") == true)
        try table(split: "test")
        #expect(try error("10")?.cause == start + "all 3 faces are for evaluation (split test)")
    }

    @Test func anEvaluationSaysWhatItFoundToo() throws {
        try table()
        let run = EvaluationRun(modelPath: "m", folders: [data.path])
        let other = fault { _ = try run.faceSets(scheme: .ibug68) }
        #expect(other?.cause == "no test faces with 68 points (ibug68): found 3 faces with 10 points (points10)")
        let split = fault { _ = try run.faceSets(scheme: LandmarkScheme(name: "points10", count: 10)) }
        #expect(split?.cause == "no test faces with 10 points; faces of all sets: 3 train, 0 validation, 0 test")
    }

    private func model(_ scheme: String) throws -> CascadeConfiguration {
        var configuration = CascadeConfiguration()
        (configuration.crop, configuration.width, configuration.deepWidth) = (32, 8, 16)
        configuration.attentionHeads = 1
        let scheme = try #require(LandmarkScheme.named(scheme))
        (configuration.scheme, configuration.points) = (scheme.name, scheme.count)
        return configuration
    }

    @Test func aModelOfOtherPointsIsNotResumed() throws {
        try table()
        let output = data.path("own.safetensors")
        try CascadeModel(model("ibug68")).file().write(to: output, as: .float32)
        var recipe = TrainingRecipe()
        recipe.model = try model("points10")
        recipe.validation = 0
        let run = TrainingRun(.init(folders: [data.path], output: output, recipe: recipe, resume: true))
        let error = fault { try run.run(isStopped: { true }, observer: { _ in }) }
        #expect(error?.exitCode == .unusableData)
        #expect(error?.cause == "\(output): has 68 points (ibug68), the recipe asks for 10 (points10)")
        #expect(error?.remedy == "write 'scheme: ibug68' in the recipe, or begin a new model without --resume")
    }

    /// Each key may be sound while together they make no network.
    @Test func aRecipeThatMakesNoNetworkIsRefused() throws {
        try table()
        var recipe = TrainingRecipe()
        recipe.model = try model("points10")
        (recipe.model.deepWidth, recipe.model.attentionHeads, recipe.validation) = (18, 4, 0)
        let run = TrainingRun(.init(folders: [data.path], output: data.path("m"), recipe: recipe))
        let error = fault { try run.run(isStopped: { true }, observer: { _ in }) }
        #expect(error?.exitCode == .wrongSettings)
        #expect(error?.cause == "recipe and data: deep_width: the network cannot be built like this")
        #expect(error?.remedy == "give a multiple of attention_heads, 4")
    }

    @Test func whatFitsOfAModelIsTold() throws {
        let own = CascadeModel(try model("points10"))
        let fit = own.fit(of: CascadeModel(try model("ibug68")).file())
        #expect(fit.fitting.contains("features.stem.weight"))
        let logits = try #require(fit.misfits.first { $0.name.hasPrefix("pass.logits") })
        #expect(logits.found?.contains(4 * 68) == true && logits.wanted.contains(4 * 10))
        #expect(own.fit(of: own.file()).misfits.isEmpty)
        #expect(own.fit(of: SafetensorsFile(metadata: [:], tensors: [])).fitting.isEmpty)
    }

    @Test func aModelWhoseSchemeHasOtherPointsIsRefused() throws {
        var file = CascadeModel(try model("points10")).file()
        file.metadata["scheme"] = "ibug68"
        let error = fault { _ = try CascadeModel(file, name: "m") }
        #expect(error?.cause == "m: metadata: points is '10', not 68, as scheme ibug68 has")
    }

    @Test func aCheckpointDoesNotKeepTheConfidenceOfOtherWeights() throws {
        try table()
        let notes = [ConfidenceCalibration.key: "1 0 0", PointCalibration.key: "1 0 0", "author": "me"]
        let faces = try FaceSet(readAnnotations(folder: data.path, scheme: .named("10")!).faces)
        let configuration = try model("points10")
        var settings = TrainingSettings()
        (settings.threads, settings.batch) = (1, 1)
        let sampler = TrainingSampler(faces, recipe: .tracking, side: configuration.crop)
        let trainer = Trainer(CascadeModel(configuration, notes: notes), settings, source: sampler)
        let kept = Checkpoint.averagedModel(trainer).metadata
        #expect(kept[ConfidenceCalibration.key] == nil && kept[PointCalibration.key] == nil && kept["author"] == "me")
    }

    @Test func everyKeyOfARecipeIsExplained() {
        for (key, setter) in TrainingRecipe.keys {
            #expect(!setter.meaning.isEmpty && !setter.value(TrainingRecipe()).isEmpty, "\(key)")
            #expect(TrainingRecipe.help.contains("\n\(key): \(setter.wanted) (default: "), "\(key)")
        }
        for line in [
            "samples: a whole number from 24 to 1000000000 (default: 300 for each face, from 60000 to 400000, for a locator to "
                + "500000; with --from 150 for each face, from 20000)",
            "validation_interval: a whole number from 1 to 1000000000 (default: a fifth of the samples, at most 20000)",
            "validation_share: a number from 0 to 0.5 (default: by the number of groups, from 0.06 to 0.2)",
            "learning_rate: a number from 1e-07 to 1 (default: 0.002, for a locator 0.003; with --from 0.001)",
            "crop: a whole number from 32 to 512 (default: 128; with --from that of the model)",
        ] {
            #expect(TrainingRecipe.help.contains("\n\(line)\n"), "\(line)")
        }
    }

    @Test func samplesThatAreJudgedSuitTheFaces() {
        #expect(judgedSampleCount(faces: 12, most: 3000) == 240)
        #expect(judgedSampleCount(faces: 224, most: 3000) == 3000)
    }
}
