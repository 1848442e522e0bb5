import ArgumentParser
import Base
import Evaluation
import FaceTracking
import Rendering
import Samples

struct Jitter: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the jitter of landmarks on pictures with known motion.",
        discussion: """
            Each face becomes two clips of 100 frames with new noise in every frame: one moves slowly by fractions of a pixel, one \
            stands still. Without --data, rendered faces are used.
            """)

    @Option(help: ArgumentHelp("Model file. (default: face68.safetensors that came with landmarkd)", valueName: "file"))
    var model: String?

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Folders of pictures with annotations.", valueName: "dir"))
    var data: [String] = []

    @Option(help: ArgumentHelp("Take faces from this set only. (default: all sets)", valueName: "name"))
    var set: String?

    @Option(help: "Split to take faces from.")
    var split = EvaluationRun.Split.test

    @Option(help: "Number of faces, spread evenly over the set.")
    var faces = 12

    @Option(help: "Smooth the landmarks of faces that keep still.")
    var smoothing = Switch.off

    @Option(help: ArgumentHelp("Folder for the clips, each with a table of its true landmarks.", valueName: "dir"))
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
        let path = try search.path(.landmarks, given: model)
        let models = try TrackerModels(search, given: path)
        let console = Console(title: "jitter", quiet: quiet)
        var run = JitterRun(try chosenFaces(models.landmarks, path, search, console))
        run.clips = try clips.map { folder throws(LandmarkdError) in try makeFolder(folder) }
        let report = try run.run(models.tracker(smooths: smoothing == .on)) { done, total in
            console.progress(share: Double(done) / Double(total)) { "\(done) of \(total) clips" }
        }
        console.clear()
        print(json ? report.json.text : report.text)
    }

    private func chosenFaces(_ model: CascadeModel, _ path: String, _ search: ModelSearch, _ console: Console)
        throws -> FaceSet
    {
        guard !data.isEmpty else {
            return FaceSet(rendered: faces, try AverageFace(path: search.path(.averageFace)))
        }
        var run = EvaluationRun(modelPath: path, folders: data)
        (run.set, run.split) = (set, split)
        run.warn = { $0.lines.forEach(console.warn) }
        return try run.someFaces(faces, scheme: model.scheme)
    }
}
