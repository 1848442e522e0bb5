import ArgumentParser

@main
struct Landmarkd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "landmarkd", abstract: "Follows facial landmarks.")
}
