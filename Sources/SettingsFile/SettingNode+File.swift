import Base
import Yams

extension SettingNode {
    /// Larger than any settings or recipe, small enough to be read at once.
    private static let largestFile = 1 << 18

    /// The top of a YAML file: an empty table where nothing is in it.
    ///
    /// Nothing in it is expanded: anchors are refused, and nesting is bounded by the parser. Throws `.noInput` where the
    /// file is missing or no regular file, `.unusableData` where it is too large, `.wrongSettings` where it is no such YAML.
    package init(file: String) throws(LandmarkdError) {
        try self.init(yaml: readFile(file, atMost: Self.largestFile), file: file)
    }

    /// The same from memory; `file` names it in messages.
    package init(yaml bytes: [UInt8], file: String) throws(LandmarkdError) {
        func fault(_ line: Int?, _ cause: String, _ remedy: String) -> LandmarkdError {
            LandmarkdError(.wrongSettings, "\(file)\(line.map { ":\($0)" } ?? ""): \(cause)", remedy: remedy)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw fault(lineOfBadUTF8(bytes), "not UTF-8", "save the file as UTF-8")
        }
        if let line = lineOfAnchor(bytes) {
            throw fault(
                line, "an anchor (&name), which is not read",
                "write the value out at each place; a '&' at the start of a word is not read in quotes and comments either"
            )
        }
        do {
            // Without rules of its own the parser gives words no meaning: what a value means is decided by its reader.
            let node = try compose(yaml: text, .basic) ?? Node([(Node, Node)]())
            self.init(node: node, origin: file, isFile: true)
        } catch {
            let (line, problem) = (error as? YamlError)?.place ?? (nil, "\(error)")
            throw fault(line, "not YAML: \(problem)", "correct the file")
        }
    }
}

extension YamlError {
    /// The line and what is wrong there. The line's text, which may hold a password, is left out.
    fileprivate var place: (line: Int?, problem: String) {
        switch self {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            (mark.line, context.map { "\($0.text): \(problem)" } ?? problem)
        case .duplicatedKeysInMapping(let keys, let context):
            (context.mark.line, "the key \(keys.map { "'\($0)'" }.joined(separator: ", ")) is given twice")
        case .reader(let problem, _, _, _): (nil, problem)
        default: (nil, "\(self)")
        }
    }
}

/// The line, from 1, of the first `&` that may begin an anchor; nil where there is none.
///
/// Anchors are what aliases need, and a few lines of aliases can stand for gigabytes. Quotes and comments are not told apart: only an
/// ampersand inside a word, as in an address, is sure to be text.
private func lineOfAnchor(_ bytes: [UInt8]) -> Int? {
    func isWord(_ index: Int) -> Bool {
        guard bytes.indices.contains(index) else { return false }
        switch bytes[index] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            return true
        default: return "._-/%=+~;@*&$()'!".utf8.contains(bytes[index])
        }
    }
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "&") {
        guard index + 1 < bytes.count, bytes[index + 1] > 0x20 else { continue }
        // A '?' or ':' may end a token of its own, unless a word goes before it.
        let isIndicator = index > 0 && "?:".utf8.contains(bytes[index - 1])
        if !isWord(isIndicator ? index - 2 : index - 1) { return line(of: index, in: bytes) }
    }
    return nil
}

private func lineOfBadUTF8(_ bytes: [UInt8]) -> Int {
    var number = 1
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        if String(validating: line, as: UTF8.self) == nil { return number }
        number += 1
    }
    return number
}

private func line(of index: Int, in bytes: [UInt8]) -> Int { bytes[..<index].count { $0 == UInt8(ascii: "\n") } + 1 }
