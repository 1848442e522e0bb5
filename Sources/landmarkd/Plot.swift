import ArgumentParser
import Base
import Capture
import Recording

struct Plot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw a table over time: confidence, head pose, and eyes with blinks.",
        discussion: """
            Shows what the table has, of every face in it. Reads the CSV tables of landmarkd track and of OpenFace. \
            landmarkd track --plots draws one of each recording.
            """)

    @Argument(help: "CSV table, plain or compressed by gzip or Zstandard.")
    var table: String

    @Option(
        name: [.short, .long], help: ArgumentHelp("Picture to write. (default: NAME.plot.png)", valueName: "file.png"))
    var output: String?

    func run() throws {
        let path = output ?? TablePlot.path(of: table.fileName)
        try requirePNG(path)
        try TablePlot(table: table).write(to: path)
    }
}
