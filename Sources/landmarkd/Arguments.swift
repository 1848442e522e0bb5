import ArgumentParser
import Base
import Capture

/// Throws `.usage`, with what was probably meant, where the first argument is no command, or `serve` is given a bare source.
func requireCommand(_ arguments: [String]) throws(LandmarkdError) {
    let names = Landmarkd.configuration.subcommands.map { $0._commandName } + ["help"]
    if arguments.count == 2, arguments[0] == "serve", !arguments[1].hasPrefix("-") {
        throw LandmarkdError(
            .usage, "serve: '\(arguments[1])' is not an option",
            remedy: "did you mean 'landmarkd serve --source \(arguments[1])'?")
    }
    guard let name = arguments.first, !name.hasPrefix("-"), !names.contains(name) else { return }
    let remedy =
        if let command = closestName(to: name, among: names) {
            "did you mean 'landmarkd \(command)'?"
        } else if FileIdentity(path: name) != nil {
            "did you mean 'landmarkd track \(name)'?"
        } else {
            "the commands are listed by 'landmarkd --help'"
        }
    throw LandmarkdError(.usage, "'\(name)' is not a command", remedy: remedy)
}

/// `--faces -1` as `--faces=-1`: the parser takes a number with a minus for an option, and would say that the value is missing.
func joiningNegativeNumbers(_ arguments: [String]) -> [String] {
    var joined: [String] = []
    for (index, argument) in arguments.enumerated() {
        if arguments[..<index].contains("--") {
            joined.append(argument)
        } else if let option = joined.last, option.hasPrefix("--"), !option.contains("="),
            argument.wholeMatch(of: /-[0-9.].*/) != nil
        {
            joined[joined.count - 1] = "\(option)=\(argument)"
        } else {
            joined.append(argument)
        }
    }
    return joined
}
