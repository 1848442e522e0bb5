import ArgumentParser
import Base
import FaceTracking
import Measures
import Rendering

struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Render a clip of the average face, track it, and print the error.",
        discussion: "Needs no camera, no data and no network. Writes demo.csv and demo.mp4.")

    @Option(
        name: [.short, .long], help: ArgumentHelp("Folder for the files. (default: the current one)", valueName: "dir"))
    var output: String?

    @Option(help: ArgumentHelp("Model file. (default: face68.safetensors that came with landmarkd)", valueName: "file"))
    var model: String?

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    func run() throws {
        Interruption.watch()
        let search = ModelSearch()
        let models = try TrackerModels(search, given: model)
        let face = try AverageFace(path: search.path(.averageFace))
        let run = DemoRun(
            script: DemoClip.script(), face: face, folder: try makeFolder(output),
            console: Console(title: "demo", quiet: quiet))
        let report = try run.run(MeasuredTracker(models.tracker()))
        print(report.text)
    }
}

extension DemoRun.Report {
    var text: String {
        let mean = error.mean.map { "\(decimal($0, 2)) %" } ?? "none:"
        let ninety = error.ninetiethPercentile.map { "; nine of ten frames below \(decimal($0, 2)) %" } ?? ""
        return """
            face found      \(error.frames.count) of \(error.frames.count + error.missed) frames that show one
            error           \(mean) of the outer-eye distance, mean over 68 points\(ninety)
            tracking        \(decimal(trackingMilliseconds, 2)) ms of one processor core a frame
            all together    \(decimal(Double(frames) / seconds, 0)) frames/s with decoding and drawing
            wrote           \(files.joined(separator: ", ").shown)
            """
    }
}
