import ArgumentParser
import Base
import Evaluation
import FaceTracking
import Rendering
import Training

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast this machine tracks and trains.",
        discussion: "Uses rendered faces and needs no data. Run nothing else at the same time.")

    @Option(help: ArgumentHelp("Model file. (default: face68.safetensors that came with landmarkd)", valueName: "file"))
    var model: String?

    @Option(help: "Number of threads for the training benchmark. (default: one per core)")
    var threads: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: ArgumentHelp("Print the processor time of each step of a tracked frame.", visibility: .hidden))
    var layers = false

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    func validate() throws {
        if let threads, !(1...64 ~= threads) { throw ValidationError("--threads must be 1 to 64, not \(threads).") }
    }

    func run() throws {
        let search = ModelSearch()
        let model = try CascadeModel(path: search.path(.landmarks, given: model))
        if layers { return print(LayerBench(model).text) }
        let face = try AverageFace(path: search.path(.averageFace))
        let console = Console(title: "bench", quiet: quiet)
        let locator = try LocatorModel(path: search.path(.locator))
        var report = try BenchRun(model, locator: locator, face: face).run { next, share in
            console.progress(share: share) { next }
        }
        console.progress(share: 0.5) { "training" }
        try TrainingBench(model, face: face, threads: min(24, threads ?? processorCount())).add(to: &report)
        console.clear()
        print(json ? report.json.text : report.text)
    }
}
