import ArgumentParser
import Base
import Capture
import Training

struct Study: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train variants of the network for equal samples and compare them.",
        discussion: """
            Each recipe NAME.yaml of a folder is trained into NAME.safetensors; one that is trained already is not trained again, and \
            an interrupted one goes on. All are judged on the same held-back faces; the table is written to standard output.
            """)

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Folders with pictures and annotations.", valueName: "dir"))
    var data: [String]

    @Option(help: ArgumentHelp("Folder of recipes.", valueName: "dir"))
    var recipes = "models/study"

    @Option(name: [.short, .long], help: ArgumentHelp("Folder for the trained networks.", valueName: "dir"))
    var output: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Names of the recipes to train and judge. (default: all)", valueName: "name"))
    var only: [String] = []

    @Option(help: "Samples of each run. (default: each recipe's)")
    var samples: Int?

    @Option(help: "Threads that compute.")
    var threads = 1

    @Flag(help: "Judge what is trained, and train nothing.")
    var judgeOnly = false

    @Option(
        help: ArgumentHelp(
            "Document to put the table into, between the lines '<!-- study: begin -->' and '<!-- study: end -->'.",
            valueName: "file.md"))
    var document: String?

    @Option(help: ArgumentHelp("Picture of error over multiply-adds.", valueName: "file.png"))
    var picture: String?

    @Flag(name: .shortAndLong, help: "Say nothing but errors, warnings and the table.")
    var quiet = false

    func validate() throws {
        guard 1...64 ~= threads else { throw ValidationError("--threads must be 1 to 64, not \(threads).") }
        if let samples, samples < 1 { throw ValidationError("--samples must be 1 or more, not \(samples).") }
        guard document == nil || picture != nil else {
            throw ValidationError("--document shows the picture: give --picture too.")
        }
    }

    func run() throws {
        if let picture { try requirePNG(picture) }
        if let document { try StudyTable.requirePlace(in: document) }
        Interruption.watch()
        let console = Console(title: "study", quiet: quiet)
        var options = StudyRun.Options(folders: data, recipes: recipes, output: try makeFolder(output))
        (options.only, options.samples, options.threads, options.trains) = (only, samples, threads, !judgeOnly)
        let results = try StudyRun(options).run(isStopped: { Interruption.isAsked }, observer: { console.show($0) })
        console.clear()
        let table = StudyTable(results)
        print(table.markdown, terminator: "")
        if let picture { try table.drawPicture(to: picture) }
        if let document, let picture { try table.write(into: document, picture: link(picture, from: document)) }
    }

    /// The picture as the document names it: relative where it lies in or below the document's folder.
    private func link(_ picture: String, from document: String) -> String {
        let folder = document.split(separator: "/").dropLast().joined(separator: "/")
        return !folder.isEmpty && picture.hasPrefix(folder + "/")
            ? String(picture.dropFirst(folder.count + 1)) : picture
    }
}

extension Console {
    fileprivate func show(_ event: StudyRun.Event) {
        switch event {
        case .variant(let name, let number, let count): note("\(number) of \(count): \(name)")
        case .training(let event): show(event)
        case .judging: note("judging")
        case .warning(let text): warn(text)
        }
    }
}
