import ArgumentParser
import Base
import Capture
import FaceTracking
import Measures
import Recording
import Results

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
            Writes a row for each decoded frame and face, in the columns of OpenFace: head pose, eyes, mouth, landmarks. A table is \
            called NAME.csv.partial until it is complete. The tables of a folder lie as the recordings do: sub01/rec.mp4 becomes \
            sub01/rec.csv.
            """)

    @Argument(
        help: """
            Videos, pictures, and folders of them, with the folders inside; - for standard input; numbered pictures that are the \
            frames of one recording by a pattern, frames/%06d.png.
            """)
    var inputs: [String] = []

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

    @Option(
        help: ArgumentHelp(
            """
            Groups of columns, separated by commas: pose, eyes, mouth, points, point_confidence; 'landmarkd columns' lists their \
            columns. (default: pose,eyes,mouth,points; in JSON lines all)
            """, valueName: "groups"))
    var columns: String?

    @Flag(help: "Also list the blinks of each recording, in NAME.blinks.csv beside its table.")
    var blinks = false

    @Option(
        help: ArgumentHelp(
            "Focal length of the camera, for the head's pose. (default: 500 for 640x480, in proportion for other sizes)",
            valueName: "pixels"))
    var focalLength: Double?

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

    @OptionGroup var batch: BatchFlags

    @Flag(name: .shortAndLong, help: "Say nothing but errors and warnings.")
    var quiet = false

    func validate() throws {
        guard inputs.isEmpty == (batch.manifest != nil) else {
            throw ValidationError(
                inputs.isEmpty ? "Missing expected argument '<inputs> ...'" : "Give inputs or --manifest, not both.")
        }
        if batch.plots, !format.isCSV { throw ValidationError("--plots draws CSV tables: use --format csv.") }
        if batch.plots, output == "-" { throw ValidationError("--plots draws tables in files, not standard output.") }
        if let threads, !(1...256 ~= threads) {
            throw ValidationError("--threads must be 1 to 256, not \(threads).")
        }
        guard 1...16 ~= faces else { throw ValidationError("--faces must be 1 to 16, not \(faces).") }
        guard 0.1...100 ~= searchRate else {
            throw ValidationError("--search-rate must be 0.1 to 100, not \(searchRate).")
        }
        guard start >= 0, start.isFinite else { throw ValidationError("--start must be 0 or more seconds.") }
        if let focalLength, !(1...1e6 ~= focalLength) {
            throw ValidationError("--focal-length must be 1 to 1000000 pixels, not \(focalLength).")
        }
        if blinks, output == "-" {
            throw ValidationError("--blinks writes a table beside another one: name a file after -o.")
        }
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
        options.stopsAtFailure = batch.failFast
        options.columns = try columns.map(ColumnGroup.list)
        options.listsBlinks = blinks
        (options.input, options.rows) = (try input.options(), input.rows)
        var run = TrackRun(inputs: inputs, output: output, options: options)
        run.quiet = quiet
        run.batch = try batch.options()
        let path = try ModelSearch().path(.landmarks, given: model)
        let models = try TrackerModels(given: path)
        run.provenance = try Provenance(
            model: models.landmarks, files: [path, ModelSearch().path(.locator)],
            settings: tableSettings(options.columns))
        if let warning = models.landmarks.calibrationWarning(path: path) {
            Console(title: "track", quiet: quiet).warn(warning)
        }
        warnOfEmptyColumns(options, models.landmarks.scheme)
        let settings = TrackingSettings(faces: faces, searchRate: searchRate)
        let fault = try run.run { () throws(LandmarkdError) -> any FaceTracker in
            MeasuredTracker(models.tracker(settings, smooths: smoothing == .on), focalLength: focalLength)
        }
        if let fault { throw ArgumentParser.ExitCode(fault.rawValue) }
    }

    /// Every option that changes what a table holds: `--resume` does not take tables of other settings for its own.
    private func tableSettings(_ groups: [ColumnGroup]?) -> [String] {
        let columns = groups.map { $0.map(\.rawValue).joined(separator: ",") } ?? "default"
        return [
            "format=\(format.rawValue)", "faces=\(faces)", "search_rate=\(searchRate)",
            "smoothing=\(smoothing == .on ? "on" : "off")", "start=\(start)",
            "duration=\(duration.map { "\($0)" } ?? "whole")", "columns=\(columns)",
            "focal_length=\(focalLength.map { "\($0)" } ?? "default")", "blinks=\(blinks)",
            "rate=\(input.rate.map { "\($0.perSecond)" } ?? "own")", "every=\(input.every ?? 1)",
            "raw=\(input.raw ?? "no")", "pixel_format=\(input.pixelFormat ?? "none")", "sequence=\(input.sequence)",
        ]
    }

    private func warnOfEmptyColumns(_ options: RecordingBatch.Options, _ scheme: LandmarkScheme) {
        let empty = (options.columns ?? []).filter { !$0.isKnown(in: scheme) } + (blinks ? [.eyes] : [])
        let unknown = ColumnGroup.allCases.filter { empty.contains($0) && !$0.isKnown(in: scheme) }
        guard !unknown.isEmpty else { return }
        let names = unknown.map(\.rawValue).joined(separator: ", ")
        Console(title: "track", quiet: quiet)
            .warn("\(names): left empty: not measurable from the model's landmarks (\(scheme.name))")
    }
}
