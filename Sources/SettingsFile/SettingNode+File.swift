import Base
import Yams

extension SettingNode {
    /// Larger than any settings or recipe, small enough to be read at once.
    private static let largestFile = 1 << 18

    /// The top of a YAML file: an empty table where nothing is in it.
    ///
    /// Nothing in it is expanded: anchors and tags are refused, and nesting is bounded by the parser. Throws `.noInput`
    /// where the file is missing or no regular file, `.wrongSettings` where it is too large or no such YAML.
    package init(file: String) throws(LandmarkdError) {
        let bytes: [UInt8]
        do throws(LandmarkdError) {
            bytes = try readFile(file, atMost: Self.largestFile)
        } catch {
            let code = error.exitCode == .unusableData ? .wrongSettings : error.exitCode
            throw LandmarkdError(code, error.cause, remedy: error.remedy)
        }
        try self.init(yaml: bytes, file: file)
    }

    /// The same from memory; `file` names it in messages.
    package init(yaml bytes: [UInt8], file: String) throws(LandmarkdError) {
        func fault(_ line: Int?, _ cause: String, _ remedy: String) -> LandmarkdError {
            LandmarkdError(.wrongSettings, "\(file)\(line.map { ":\($0)" } ?? ""): \(cause)", remedy: remedy)
        }
        // A byte order mark would shift the columns of the first line.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
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
        try refuseTags(MarkedText(text))
    }

    /// Throws where a value or key begins with a tag such as `!!int`: what a value means is decided by its key's reader.
    ///
    /// The parser resolves tags, so that a table marked `!!map` looks like any other: only its text shows it.
    private func refuseTags(_ text: MarkedText) throws(LandmarkdError) {
        if let mark = node.mark, let tag = text.tag(at: mark) {
            let isStandard = tag.hasPrefix("!!")
            throw fault(
                isStandard ? "the tag '\(tag)' is not read" : "it begins with '!', which makes a tag of it in YAML",
                remedy: isStandard ? "remove the tag" : "put the value into quotes, or remove the tag")
        }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                let name = key.scalar?.string ?? "?"
                try child(name, key).refuseTags(text)
                try child(name, value).refuseTags(text)
            }
        case .sequence(let sequence):
            for (index, element) in sequence.enumerated() { try child("\(index + 1)", element).refuseTags(text) }
        default: break
        }
    }
}

/// A document in which the parser's marks can be looked up.
private struct MarkedText {
    private let scalars: [Unicode.Scalar]
    /// Index of each line's first scalar.
    private var lines = [0]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let isEnd =
                switch scalar {
                case "\n", "\u{85}", "\u{2028}", "\u{2029}": true
                case "\r": index + 1 == scalars.count || scalars[index + 1] != "\n"
                default: false
                }
            if isEnd { lines.append(index + 1) }
        }
    }

    /// The word at a mark, if it is a tag: no other value begins with an exclamation mark.
    func tag(at mark: Mark) -> String? {
        guard lines.indices.contains(mark.line - 1) else { return nil }
        let start = lines[mark.line - 1] + mark.column - 1
        guard scalars.indices.contains(start), scalars[start] == "!" else { return nil }
        let word = scalars[start...].prefix { !$0.properties.isWhitespace && !",[]{}".unicodeScalars.contains($0) }
        return String(String.UnicodeScalarView(word))
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
/// Anchors are what aliases need, and a few lines of aliases can stand for gigabytes. Quotes and comments are not distinguished: only an
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
