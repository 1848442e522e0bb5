import ArgumentParser
import Base
import FaceTracking
import Recording

/// `--smoothing on|off`.
enum Switch: String, ExpressibleByArgument, CaseIterable {
    case on
    case off
}

extension TableFormat: ExpressibleByArgument {}

struct Track: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the landmarks in videos and pictures to tables.",
        discussion: """
            One row for each decoded frame, in the columns of OpenFace. A table is NAME.csv.partial until it is whole.
            """)

    @Argument(help: "Videos, pictures, and folders of them.")
    var inputs: [String]

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Where results go: a file, or - for standard output; for several inputs a folder. (default: NAME.csv here)",
            valueName: "path"))
    var output: String?

    @Option(help: "Tables of rows, or one JSON object a frame.")
    var format = TableFormat.csv

    @Option(help: ArgumentHelp("Video of the one recording with its landmarks drawn.", valueName: "file.mp4"))
    var overlay: String?

    @Option(help: "Most faces followed at once, 1 to 16.")
    var faces = 1

    @Option(

        help: "Threads that work at once, over files and decoding. (default: one a processor core)")
    var threads: Int?

    @Option(help: "Calm landmarks of a face that keeps still. (default: on in the overlay, off in the table)")
    var smoothing: Switch?

    @Option(
        help: """
            Searches of the whole picture a second while nobody is followed, 0.1 to 100; at most 4 while somebody is and \
            --faces allows for more.
            """)
    var searchRate = 5.0

    @Option(
        help: ArgumentHelp("Seconds from the first frame at which to begin.", valueName: "s"))
    var start = 0.0

    @Option(help: ArgumentHelp("Seconds to track. (default: to the end)", valueName: "s"))
    var duration: Double?

    @Option(help: ArgumentHelp("Model file. (default: face68.safetensors that came with landmarkd)", valueName: "file"))
    var model: String?

    @Flag(name: .shortAndLong, help: "Say nothing but errors and warnings.")
    var quiet = false

    func validate() throws {
        if let threads, !(1...256 ~= threads) {
            throw ValidationError("--threads must be 1 to 256, not \(threads).")
        }
        guard 1...16 ~= faces else { throw ValidationError("--faces must be 1 to 16, not \(faces).") }
        guard 0.1...100 ~= searchRate else {
            throw ValidationError("--search-rate must be 0.1 to 100, not \(searchRate).")
        }
        guard start >= 0, start.isFinite else { throw ValidationError("--start must be 0 or more seconds.") }
        if let duration, !(duration > 0) { throw ValidationError("--duration must be more than 0 seconds.") }
    }

    func run() throws {
        Interruption.watch()
        var options = RecordingBatch.Options()
        (options.format, options.overlay) = (format, overlay)
        // Where the tracker smooths, the overlay shows that.
        options.smoothsOverlay = smoothing == nil
        options.span = TimeSpan(start: start, duration: duration ?? .infinity)
        options.threads = threads ?? processorCount()
        var run = TrackRun(inputs: inputs, output: output, options: options)
        run.quiet = quiet
        let path = try ModelSearch().path("face68.safetensors", given: model)
        let model = try CascadeModel(path: path)
        if let warning = model.calibrationWarning(path: path) {
            Console(title: "track", quiet: quiet).warn(warning)
        }
        let locator = try LocatorModel(path: ModelSearch().path("locator.safetensors"))
        let fault = try run.run { () throws(LandmarkdError) -> any FaceTracker in
            let tracker = CascadeTracker(
                model, locator: NetworkLocator(locator),
                settings: TrackingSettings(faces: faces, searchRate: searchRate))
            return smoothing == .on ? SmoothedTracker(tracker) : tracker
        }
        if let fault { throw ArgumentParser.ExitCode(fault.rawValue) }
    }
}
