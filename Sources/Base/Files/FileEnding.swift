extension String {
    /// What follows the last dot of a file's name, in small letters: "mp4" of "day1/Interview.MP4"; "" where there is none.
    package var fileEnding: String {
        let name = fileName
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return "" }
        return name[name.utf8.index(after: dot)...].lowercased()
    }
}

/// Throws `.usage` where the name of an output says that it is of another format than what is written there, which no
/// program would then open. A name without an ending says nothing, nor does that of a pipe or device.
///
/// - Parameters:
///   - endings: of the formats that are written, the usual one first.
///   - rule: what is written, for the message: "pictures are written as PNG".
package func requireEnding(of path: String, among endings: [String], _ rule: String) throws(LandmarkdError) {
    let ending = path.fileEnding
    guard !ending.isEmpty, !endings.contains(ending), try !OutputFile(path).isSpecial else { return }
    let names = endings.enumerated().map { $0 == 0 ? "\(path.fileStem).\($1)" : ".\($1)" }
    let list = [names.dropLast().joined(separator: ", "), names.last ?? ""].filter { !$0.isEmpty }
    throw LandmarkdError(
        .usage, "\(path): \(rule), not as .\(ending)", remedy: "name it \(list.joined(separator: " or "))")
}
