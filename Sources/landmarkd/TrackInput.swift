import ArgumentParser
import Base
import Capture
import Recording

extension FrameRate: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

/// Options of `track` for inputs without a container, and for fewer rows.
struct TrackInput: ParsableArguments {
    @Flag(
        help: "Take each folder for one recording whose frames are its pictures, in the natural order of their names.")
    var sequence = false

    @Option(
        help: ArgumentHelp(
            "Inputs are raw frames of this size without a container; with --pixel-format and --rate.",
            valueName: "WxH"))
    var raw: String?

    @Option(
        help: ArgumentHelp("Pixel format of raw frames, as FFmpeg names it: yuv420p, rgb24, gray, …", valueName: "name")
    )
    var pixelFormat: String?

    @Option(
        help: ArgumentHelp(
            """
            Rows per second at most, such as 5 or 30000/1001: frames in between are tracked, but have no rows. Of pictures and raw \
            frames, which have no times: their frames per second.
            """, valueName: "hz"))
    var rate: FrameRate?

    @Option(help: ArgumentHelp("Rows only for every n-th frame. (default: 1)", valueName: "n"))
    var every: Int?

    func validate() throws {
        if let every, every < 1 { throw ValidationError("--every must be 1 or more, not \(every).") }
        if raw == nil, pixelFormat != nil {
            throw ValidationError("--pixel-format is that of raw frames: add --raw with their size, as --raw 640x480.")
        }
        guard raw != nil else { return }
        if sequence { throw ValidationError("--raw and --sequence exclude each other.") }
        if pixelFormat == nil { throw ValidationError("--raw needs the frames' --pixel-format, such as yuv420p.") }
        if rate == nil { throw ValidationError("--raw needs the frames' --rate, such as 30: they have no times.") }
    }

    /// How inputs are read. Throws `.usage` for a size or pixel format that cannot be.
    func options() throws(LandmarkdError) -> InputOptions {
        var options = InputOptions()
        (options.foldersAreSequences, options.rate) = (sequence, rate)
        guard let raw, let pixelFormat, let rate else { return options }
        let sides = raw.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard sides.count == 2 else {
            throw LandmarkdError(
                .usage, "--raw: '\(raw)' is not a size", remedy: "give width and height: --raw 640x480")
        }
        options.raw = try RawVideo(width: sides[0], height: sides[1], pixelFormat: pixelFormat, rate: rate)
        return options
    }

    var rows: RowSelection { RowSelection(every: every ?? 1, rate: rate?.perSecond) }
}
