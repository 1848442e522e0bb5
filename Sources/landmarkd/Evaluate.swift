import ArgumentParser
import Base
import Evaluation
import FaceTracking
import Glibc
import Training

extension EvaluationRun.Split: ExpressibleByArgument {}

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a model's errors on annotated pictures.",
        discussion: """
            Judges from true boxes, from jittered boxes and from another face's shape as prior, set by set and pass by pass. \
            Errors are in % of the outer-eye distance. From true boxes it also reports how far eyes and mouths are found to be open, \
            errors by how far heads are turned, the mean shift of each landmark, and how the answers for mirrored pictures differ.
            """)

    @Option(
        help: ArgumentHelp(
            "Model file. (default: face68.safetensors, or locator.safetensors, that came with landmarkd)",
            valueName: "file"))
    var model: String?

    @Option(help: "What the model is for: points of a face, or where in a frame faces are.")
    var task = TrainingRecipe.Task.landmarks

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Folders with pictures and annotations.", valueName: "dir"))
    var data: [String]

    @Option(help: ArgumentHelp("The one set to judge. (default: each)", valueName: "name"))
    var set: String?

    @Option(help: "Faces to judge; 'validation' are those of 'train' that training holds back.")
    var split = EvaluationRun.Split.test

    @Option(help: "Passes of the cascade. (default: one more than it was trained with)")
    var passes: Int?

    @Option(help: "Threads that work at once. (default: one a processor core)")
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Folder for each face's error, the cumulative curve and the worst faces as pictures.", valueName: "dir"))
    var report: String?

    @Flag(help: "Print JSON: an array with an object for each evaluation.")
    var json = false

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    func validate() throws {
        guard task == .landmarks || report == nil else { throw ValidationError("--report is for landmarks.") }
        if let passes, !(1...16 ~= passes) { throw ValidationError("--passes must be 1 to 16, not \(passes).") }
        if let threads, !(1...256 ~= threads) { throw ValidationError("--threads must be 1 to 256, not \(threads).") }
    }

    func run() throws {
        let shipped = task == .locator ? "locator.safetensors" : "face68.safetensors"
        var run = EvaluationRun(modelPath: try ModelSearch().path(shipped, given: model), folders: data)
        (run.set, run.split, run.passes) = (set, split, passes)
        run.threads = threads ?? processorCount()
        let console = Console(title: "evaluate", quiet: quiet)
        run.warn = { $0.lines.forEach(console.warn) }
        if task == .locator { return try judgeLocator(run, console) }
        run.locator = try LocatorModel(path: ModelSearch().path("locator.safetensors"))
        let results = try run.run { share, detail in console.progress(share: share) { detail } }
        console.clear()
        let reports = results.map(\.report) + [EvaluationRun.summary(of: results)].compactMap { $0 }
        print(
            json
                ? "[" + reports.map(\.json).joined(separator: ",\n") + "]"
                : reports.map { $0.start == .otherShape ? $0.text + "\n" + $0.calibrationText : $0.text }.joined(
                    separator: "\n\n"))
        if let report { try writeEvaluation(results, folder: try makeFolder(report)) }
    }

    private func judgeLocator(_ run: EvaluationRun, _ console: Console) throws {
        let cascade = try CascadeModel(path: ModelSearch().path("face68.safetensors"))
        let reports = try run.locatorReports(cascade: cascade) { done, total in
            console.progress(share: Double(done) / Double(total)) { "\(done) of \(total) sets" }
        }
        console.clear()
        print(
            json
                ? "[" + reports.map(\.json).joined(separator: ",\n") + "]" : reports.map(\.text).joined(separator: "\n")
        )
    }
}
