import ArgumentParser
import Base
import Glibc

@main
struct Landmarkd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "landmarkd",
        abstract: "Follows facial landmarks in video, and trains the network that finds them.", version: programVersion,
        subcommands: [
            Demo.self, Track.self, Serve.self, Devices.self, Train.self, Evaluate.self, Jitter.self, Augment.self,
            Bench.self, Study.self,
            AverageFaceCommand.self,
        ])

    @MainActor static func main() async {
        signal(SIGXFSZ, SIG_IGN)  // a file that may not grow is told like a full disk
        await exiting {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        }
    }
}
