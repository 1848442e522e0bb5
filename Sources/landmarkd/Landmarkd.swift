import ArgumentParser
import Base
import FaceTracking
import Glibc

@main
struct Landmarkd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "landmarkd",
        abstract: "Track facial landmarks in video, and train the network that finds them.", version: programVersion,
        subcommands: [
            Demo.self, Track.self, Columns.self, Plot.self, Serve.self, Devices.self, DoctorCommand.self, Train.self,
            Evaluate.self, Jitter.self, Augment.self, Bench.self, Study.self,
            AverageFaceCommand.self, Reference.self,
        ])

    /// The arguments without the program's name, with every byte: Swift's own list repairs what is not UTF-8.
    private static func argumentsAsGiven() -> [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { CommandLine.unsafeArgv[$0].map { String(systemPath: $0) } }
    }

    @MainActor static func main() async {
        signal(SIGXFSZ, SIG_IGN)  // a file over its size limit is reported like a full disk
        await exiting {
            let arguments = argumentsAsGiven()
            try requireCommand(arguments)
            var command = try parseAsRoot(joiningNegativeNumbers(arguments))
            if let warning = kernelWarning() { complain("warning: \(warning.shown)\n") }
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        }
    }
}
