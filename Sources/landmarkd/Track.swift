import ArgumentParser
import Base
import Capture
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
            Writes a row for each decoded frame and face, in the columns of OpenFace. A table is called NAME.csv.partial until it \
            is complete.
            """)

    @Argument(
        help: """
            Videos, pictures, and folders of them; - for standard input; numbered pictures that are the frames of one recording by \
            a pattern, frames/%06d.png.
            """)
    var inputs: [String]

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            """
            Output file, compressed where its name ends in .gz or .zst; - for standard output; for several inputs a folder. \
            (default: NAME.csv in the current folder)
            """,
            valueName: "path"))
    var output: String?

    @Option(help: "CSV table, or one JSON object per frame; plain, or compressed by gzip or Zstandard.")
    var format = TableFormat.csv

    @Option(help: ArgumentHelp("Video to write with the landmarks drawn; for a single input.", valueName: "file.mp4"))
    var overlay: String?

    @Option(help: "Maximum number of faces to follow, 1 to 16.")
    var faces = 1

    @Option(help: "Number of threads, for files and decoding. (default: one per core)")
    var threads: Int?

    @Option(help: "Smooth the landmarks of faces that keep still. (default: on in the overlay, off in the table)")
    var smoothing: Switch?

    @Option(
        help: """
            Searches of the whole picture per second while no face is followed, 0.1 to 100; at most 4 while one is and \
            --faces allows more.
            """)
    var searchRate = 5.0

    @Option(
        help: ArgumentHelp("Start this many seconds after the first frame.", valueName: "s"))
    var start = 0.0

    @Option(help: ArgumentHelp("Seconds to track. (default: to the end)", valueName: "s"))
    var duration: Double?

    @OptionGroup var input: TrackInput

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
        (options.input, options.rows) = (try input.options(), input.rows)
        var run = TrackRun(inputs: inputs, output: output, options: options)
        run.quiet = quiet
        let path = try ModelSearch().path(.landmarks, given: model)
        let models = try TrackerModels(given: path)
        if let warning = models.landmarks.calibrationWarning(path: path) {
            Console(title: "track", quiet: quiet).warn(warning)
        }
        let settings = TrackingSettings(faces: faces, searchRate: searchRate)
        let fault = try run.run { () throws(LandmarkdError) -> any FaceTracker in
            models.tracker(settings, smooths: smoothing == .on)
        }
        if let fault { throw ArgumentParser.ExitCode(fault.rawValue) }
    }
}
