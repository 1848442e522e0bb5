import ArgumentParser
import Base
import Evaluation
import FaceTracking
import Glibc
import Rendering

extension EvaluationRun.Split: ExpressibleByArgument {}

/// What is judged.
enum EvaluationTask: String, ExpressibleByArgument, CaseIterable {
    case landmarks
    case locator
    case pose
    case blinks
}

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure a model's errors on annotated pictures.",
        discussion: """
            Starts from true boxes, from jittered boxes and from another face's shape, and reports errors by set and pass, in % of \
            the outer-eye distance. For true boxes it also reports how far eyes and mouths are found to be open, errors by head yaw, \
            the mean shift of each landmark, and how results for mirrored pictures differ.

            --task pose compares head poses with those of drawn heads, in degrees; with --data, also those of mirrored, shrunk and \
            rolled copies of the pictures. --task blinks counts blinks found in drawn clips; with --data, also in the pictures, whose \
            lids are shut by warping, and in videos with a table NAME.csv beside them, whose columns 'frame' (from 0) and 'blink' (0 or 1) \
            say when somebody blinks.
            """)

    @Option(
        help: ArgumentHelp(
            "Model file. (default: face68.safetensors, or locator.safetensors, that came with landmarkd)",
            valueName: "file"))
    var model: String?

    @Option(help: "What to evaluate: landmarks of a face, a locator of faces in a frame, head poses, or blinks.")
    var task = EvaluationTask.landmarks

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Folders of pictures with annotations.", valueName: "dir"))
    var data: [String] = []

    @Option(help: ArgumentHelp("Evaluate this set only. (default: every set)", valueName: "name"))
    var set: String?

    @Option(help: "Split to evaluate; 'validation' is the part of 'train' that training holds back.")
    var split = EvaluationRun.Split.test

    @Option(help: "Number of passes. (default: one more than it was trained with)")
    var passes: Int?

    @Option(help: "Number of threads. (default: one per core)")
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Folder for a table of errors, the cumulative error curve and pictures of the worst faces.",
            valueName: "dir"))
    var report: String?

    @Flag(help: "Print a JSON array with one object per evaluation.")
    var json = false

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    func validate() throws {
        guard !data.isEmpty || task == .pose || task == .blinks else {
            throw ValidationError("Missing expected argument '--data <dir> ...'")
        }
        guard task == .landmarks || report == nil else { throw ValidationError("--report is for landmarks.") }
        if let passes, !(1...16 ~= passes) { throw ValidationError("--passes must be 1 to 16, not \(passes).") }
        if let threads, !(1...256 ~= threads) { throw ValidationError("--threads must be 1 to 256, not \(threads).") }
    }

    func run() throws {
        let shipped = task == .locator ? ShippedModel.locator : .landmarks
        var run = EvaluationRun(modelPath: try ModelSearch().path(shipped, given: model), folders: data)
        (run.set, run.split, run.passes) = (set, split, passes)
        run.threads = threads ?? processorCount()
        let console = Console(title: "evaluate", quiet: quiet)
        run.warn = { $0.lines.forEach(console.warn) }
        switch task {
        case .locator: return try judgeLocator(run, console)
        case .pose: return try judgePoses(run, console)
        case .blinks: return try judgeBlinks(run, console)
        case .landmarks: break
        }
        run.locator = try LocatorModel(path: ModelSearch().path(.locator))
        let results = try run.run { share, detail in console.progress(share: share) { detail } }
        console.clear()
        let reports = results.map(\.report) + [EvaluationRun.summary(of: results)].compactMap { $0 }
        print(
            json
                ? "[" + reports.map(\.json.text).joined(separator: ",\n") + "]"
                : reports.map { $0.start == .otherShape ? $0.text + "\n" + $0.calibrationText : $0.text }.joined(
                    separator: "\n\n"))
        if let report { try writeEvaluation(results, folder: try makeFolder(report)) }
    }

    private func judgePoses(_ run: EvaluationRun, _ console: Console) throws {
        let search = ModelSearch()
        let models = try TrackerModels(search, given: model)
        let evaluation = PoseEvaluation(models)
        var groups = try evaluation.drawn(AverageFace(path: search.path(.averageFace))) { share in
            console.progress(share: share) { "drawn heads" }
        }.groups
        if !data.isEmpty {
            let faces = try run.someFaces(Self.pictures, scheme: models.landmarks.scheme)
            groups += try evaluation.copies(of: faces) { share in
                console.progress(share: share) { "copies of pictures" }
            }.groups
        }
        console.clear()
        let report = PoseReport(groups: groups)
        print(json ? report.json.text : report.text)
    }

    private func judgeBlinks(_ run: EvaluationRun, _ console: Console) throws {
        let search = ModelSearch()
        let models = try TrackerModels(search, given: model)
        let evaluation = BlinkEvaluation(models)
        var groups = [
            try evaluation.drawn(AverageFace(path: search.path(.averageFace))) { share in
                console.progress(share: share) { "drawn people" }
            }
        ]
        let clips = try AnnotatedClip.clips(in: data)
        if !clips.isEmpty {
            groups.append(
                try evaluation.recorded(clips) { share in console.progress(share: share) { "recordings" } })
        }
        var pictures = run
        // A folder of annotated pictures may hold clips as well.
        pictures.folders = data.filter { folder in
            !clips.contains { $0.folder == folder } || FileIdentity(path: "\(folder)/annotations.csv") != nil
        }
        if !pictures.folders.isEmpty {
            let faces = try pictures.someFaces(Self.pictures, scheme: models.landmarks.scheme)
            groups.append(try evaluation.stills(faces) { share in console.progress(share: share) { "pictures" } })
        }
        console.clear()
        let report = BlinkReport(groups: groups)
        print(json ? report.json.text : report.text)
    }

    /// Pictures that poses and blinks are judged on, spread evenly over the set.
    private static let pictures = 60

    private func judgeLocator(_ run: EvaluationRun, _ console: Console) throws {
        let cascade = try CascadeModel(path: ModelSearch().path(.landmarks))
        let reports = try run.locatorReports(cascade: cascade) { done, total in
            console.progress(share: Double(done) / Double(total)) { "\(done) of \(total) sets" }
        }
        console.clear()
        print(
            json
                ? "[" + reports.map(\.json.text).joined(separator: ",\n") + "]"
                : reports.map(\.text).joined(separator: "\n")
        )
    }
}
