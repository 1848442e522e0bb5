import ArgumentParser
import Base
import Capture
import FaceStatistics
import Samples

/// Rebuilds `models/average-face.safetensors`. Not shown: only who has the training pictures can use it.
struct AverageFaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "average-face", abstract: "Make the average face that demo and tests draw.", shouldDisplay: false)

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Folders with pictures and annotations.", valueName: "dir"))
    var data: [String]

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Sets to take faces from, by their names.", valueName: "set"))
    var sets = ["lfpw", "helen", "afw"]

    @Option(name: [.short, .long], help: ArgumentHelp("Where the model goes.", valueName: "file"))
    var output: String

    func run() throws {
        try requireEnding(of: output, among: ["safetensors"], "models are written as safetensors")
        var faces: [AnnotatedFace] = []
        for folder in data {
            let found = try readAnnotations(folder: folder, scheme: .ibug68).faces
            faces += found.filter { $0.split == .train && sets.contains($0.set) }
        }
        let file = try AverageFaceBuilder.build(FaceSet(faces))
        try file.write(to: output, as: .float16)
        print("\(output.shown): the average of \(faces.count) faces")
    }
}
