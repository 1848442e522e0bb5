import Base
import TestSupport
import Testing

@testable import Training

@Suite struct RecipeFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func keysAreTakenOver() throws {
        let recipe = try read(
            "samples: 5000\nlearning_rate: 1e-3\nscheme: 98\nattention: off\nsets: [lfpw, afw]\ncoordinate_loss: wing\n"
        )
        #expect(recipe.settings.samples == 5000 && recipe.settings.schedule.peak == 1e-3)
        #expect(recipe.model.points == 98 && recipe.model.scheme == "wflw98" && !recipe.model.attention)
        #expect(recipe.sets == ["lfpw", "afw"] && recipe.settings.loss.form == .wing(width: 0.02, curvature: 0.004))
        #expect(try read("# nothing\n") == TrainingRecipe())
    }

    @Test(arguments: [
        ("batch: 8\nsampels: 5000\n", ":2: sampels: unknown key", "'samples'"),
        ("batch: 8\n\nsamples: 5_000\n", ":3: samples: '5_000' is not a whole number", "from 24"),
        ("samples: 05000\n", ":1: samples: '05000' is not", "from 24"),
        ("batch: 1:30\n", ":1: batch: '1:30' is not", "4096"),
        ("batch: 99999999999999999999\n", "batch: '99999999999999999999' is not", "4096"),
        ("learning_rate: .inf\n", "learning_rate: '.inf' is not a number", "from 1e-07 to 1"),
        ("scheme: ~\n", "scheme: '~' is YAML's null", "ibug68"),
        ("scheme: nobody\n", "scheme: 'nobody' is not", "ibug68"),
        ("attention: 1\n", "attention: '1' is not true or false", "true"),
        ("augmentation: methd\n", "augmentation: 'methd' is not one of tracking, method", "'method'"),
        ("sets: lfpw\n", "sets: 'lfpw' is not a list of names", "a list"),
        ("sets: [~]\n", "sets.1: '~' is YAML's null", "name"),
        ("- samples\n", "a list is not a table of keys", "table"), ("a: [\n", "not YAML", "correct"),
    ]) func whatIsWrongIsSaidWithItsLine(text: String, cause: String, remedy: String) throws {
        let fault = #expect(throws: LandmarkdError.self) { try read(text) }
        #expect(fault?.exitCode == .wrongSettings && fault?.cause.hasPrefix(folder.path("r.yaml")) == true)
        #expect(fault?.cause.contains(cause) == true, "\(fault?.cause ?? "")")
        #expect(fault?.remedy?.contains(remedy) == true, "\(fault?.remedy ?? "")")
    }

    private func read(_ text: String) throws -> TrainingRecipe {
        try writeFile(folder.path("r.yaml"), Array(text.utf8))
        return try TrainingRecipe(path: folder.path("r.yaml"))
    }
}
