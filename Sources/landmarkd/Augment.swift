import ArgumentParser
import Base
import Capture
import FaceTracking
import Rendering
import Samples
import Training

/// `--augmentation tracking|method`.
enum Augmentation: String, ExpressibleByArgument, CaseIterable {
    case tracking
    case method

    var recipe: AugmentationRecipe { self == .method ? .method : .tracking }
}

struct Augment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what training sees, or write samples to train on later.",
        discussion: """
            A sheet shows crops with the true landmarks in green and those that the first pass starts from in red. Baked samples \
            are read by 'landmarkd train --data'. Without --data, rendered faces are used.
            """)

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Folders of pictures with annotations.", valueName: "dir"))
    var data: [String] = []

    @Option(help: ArgumentHelp("File for a picture of many samples.", valueName: "file.png"))
    var sheet: String?

    @Option(help: "Samples side by side on the sheet.")
    var columns = 8

    @Option(help: "Rows of samples on the sheet.")
    var rows = 6

    @Option(help: ArgumentHelp("Folder to write samples to.", valueName: "dir"))
    var bake: String?

    @Option(help: "Number of samples to write.")
    var count: Int?

    @Option(help: "Kind of samples: crops for landmarks, or scenes for a locator (sheet only).")
    var task = TrainingRecipe.Task.landmarks

    @Option(help: "Augmentation: as tracking needs it, or as in the published method.")
    var augmentation = Augmentation.tracking

    @Option(help: "Landmark scheme: ibug68, wflw98, helen194 …, or a number of points.")
    var scheme = LandmarkScheme.ibug68.name
    @Option(
        help: ArgumentHelp(
            "Recipe whose augmentation is used in place of --augmentation.", valueName: "file"))
    var recipe: String?

    @Option(help: "Side of a sample in pixels.")
    var crop = 128

    @Option(help: "Random seed.")
    var seed: UInt64 = 1

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    func validate() throws {
        guard (sheet == nil) != (bake == nil) else { throw ValidationError("Give either --sheet or --bake.") }
        guard (bake == nil) == (count == nil) else { throw ValidationError("--bake and --count go together.") }
        guard task == .landmarks || bake == nil else { throw ValidationError("Scenes for a locator are not baked.") }
        if let count, count < 1 { throw ValidationError("--count must be 1 or more, not \(count).") }
        guard 1...64 ~= columns, 1...64 ~= rows else { throw ValidationError("--columns and --rows must be 1 to 64.") }
        guard LandmarkScheme.named(scheme) != nil else {
            throw ValidationError("--scheme must be the name of a scheme or a number of points, not '\(scheme)'.")
        }
        guard 32...512 ~= crop else { throw ValidationError("--crop must be 32 to 512, not \(crop).") }
    }

    func run() throws {
        if let sheet { try requirePNG(sheet) }
        let sampler = try makeSampler()
        if let sheet {
            let source: any SampleSource =
                task == .landmarks
                ? sampler : LocatorSampler(sampler.faces, negatives: sampler.negatives, seed: seed)
            try writePNG(AugmentationSheet(columns: columns, rows: rows).draw(source), to: sheet, fullRange: true)
        }
        if let bake, let count {
            let console = Console(title: "bake", quiet: quiet)
            try SampleBaker(folder: bake).bake(sampler, scheme: sampler.scheme, count: count) { done in
                console.progress(share: Double(done) / Double(count)) { "\(done) samples" }
            }
            console.clear()
        }
    }

    private func makeSampler() throws -> TrainingSampler {
        let augmentation = try recipe.map { try TrainingRecipe(path: $0).augmentation } ?? self.augmentation.recipe
        guard !data.isEmpty else {
            let face = try AverageFace(path: ModelSearch().path(.averageFace))
            return TrainingSampler(
                FaceSet(rendered: 24, face, seed: seed), recipe: augmentation, side: crop, seed: seed)
        }
        // What training would hold back to judge by must not be baked.
        let held = bake == nil ? 0 : TrainingRecipe().validation
        let scheme = LandmarkScheme.named(scheme) ?? .ibug68
        let data = try TrainingData(folders: data, scheme: scheme, sets: [], validation: held)
        data.warnings.lines.forEach(Console(title: "augment", quiet: quiet).warn)
        guard let train = data.train else {
            throw LandmarkdError(
                .usage, "baked samples cannot be baked again",
                remedy: "give the pictures' folder as --data")
        }
        return TrainingSampler(
            train, negatives: data.negatives, recipe: augmentation, side: crop, seed: seed)
    }
}
