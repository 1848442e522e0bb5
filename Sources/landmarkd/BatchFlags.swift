import ArgumentParser
import Base
import Recording

/// What `landmarkd track` is asked of a run over many recordings.
struct BatchFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Recordings in place of inputs: CSV with the columns input[,output], or JSON lines with these keys.",
            valueName: "file"))
    var manifest: String?

    @Flag(help: "Leave whole tables of the same recordings, model and settings alone; do the others.")
    var resume = false

    @Flag(help: "Replace tables that are there, also whole ones of another model or other settings.")
    var overwrite = false

    @Option(help: ArgumentHelp("Do part I of N of all recordings, as in 2/8.", valueName: "i/n"))
    var shard: String?

    @Option(
        help: ArgumentHelp("Row for each recording: what became of it. CSV, or JSON lines.", valueName: "file"))
    var report: String?

    @Flag(help: "Begin no more recordings once one has failed.")
    var failFast = false

    @Flag(help: "Also draw each table: NAME.plot.png.")
    var plots = false

    /// Throws `.usage` where the shard is none.
    func options() throws(LandmarkdError) -> TrackRun.Options {
        var options = TrackRun.Options()
        (options.manifest, options.resumes, options.overwrites) = (manifest, resume, overwrite)
        (options.report, options.plots) = (report, plots)
        options.shard = try shard.map { text throws(LandmarkdError) in try Shard(text) }
        return options
    }
}
