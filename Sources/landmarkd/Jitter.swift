import ArgumentParser
import Base
import Evaluation
import FaceTracking
import Rendering
import Samples

struct Jitter: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how steadily landmarks follow pictures that move by a known motion.",
        discussion: """
            Each face becomes two clips of 100 frames with fresh noise: one moves slowly by fractions of a pixel, one stands \
            still. Without --data, drawn faces are used.
            """)

    @Option(help: ArgumentHelp("Model file. (default: face68.safetensors that came with landmarkd)", valueName: "file"))
    var model: String?

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Folders with pictures and annotations.", valueName: "dir"))
    var data: [String] = []

    @Option(help: ArgumentHelp("The one set to take faces of. (default: all)", valueName: "name"))
    var set: String?

    @Option(help: "Faces to choose from.")
    var split = EvaluationRun.Split.test

    @Option(help: "Faces to measure with, spread evenly over the set.")
    var faces = 12

    @Option(help: "Calm landmarks of a face that keeps still.")
    var smoothing = Switch.off

    @Option(help: ArgumentHelp("Folder for the clips, and a table of the true landmarks of each.", valueName: "dir"))
    var clips: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    func validate() throws {
        guard 1...1000 ~= faces else { throw ValidationError("--faces must be 1 to 1000, not \(faces).") }
    }

    func run() throws {
        let search = ModelSearch()
        let path = try search.path("face68.safetensors", given: model)
        let model = try CascadeModel(path: path)
        let console = Console(title: "jitter", quiet: quiet)
        var run = JitterRun(try chosenFaces(model, path, search, console))
        run.clips = try clips.map { folder throws(LandmarkdError) in try makeFolder(folder) }
        let locator = try LocatorModel(path: ModelSearch().path("locator.safetensors"))
        let tracker = CascadeTracker(model, locator: NetworkLocator(locator))
        let report = try run.run(smoothing == .on ? SmoothedTracker(tracker) : tracker) { done, total in
            console.progress(share: Double(done) / Double(total)) { "\(done) of \(total) clips" }
        }
        console.clear()
        print(json ? report.json : report.text)
    }

    private func chosenFaces(_ model: CascadeModel, _ path: String, _ search: ModelSearch, _ console: Console)
        throws -> FaceSet
    {
        guard !data.isEmpty else {
            return FaceSet(rendered: faces, try AverageFace(path: search.path("average-face.safetensors")))
        }
        var run = EvaluationRun(modelPath: path, folders: data)
        (run.set, run.split) = (set, split)
        run.warn = { $0.lines.forEach(console.note) }
        return try run.someFaces(faces, scheme: model.scheme)
    }
}
