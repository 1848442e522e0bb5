import ArgumentParser
import Base
import Capture

struct Devices: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the cameras of this machine and what they offer.",
        discussion: "Sizes are in pixels, rates in frames per second; 'choice' is the mode used when none is set.")

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(help: ArgumentHelp("Folder of the nodes.", visibility: .hidden))
    var folder = "/dev"

    func run() throws {
        let report = CameraReport(CameraFolder(folder))
        if json || !report.isEmpty { print(json ? report.json.text : report.text) }
        guard !report.isEmpty else {
            throw LandmarkdError(
                .unavailable, "\(folder): no camera here",
                remedy: "plug one in; dmesg shows whether the kernel recognises it")
        }
    }
}
