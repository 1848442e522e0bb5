import Foundation
import Testing

/// ARCHITECTURE.md and CONTRIBUTING.md lead to files and types. They are all there.
@Suite struct DocumentTests {
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let endings: Set<String> = ["swift", "yaml", "h", "c", "py", "md", "html", "css", "js"]
    private static let folders = ["Sources", "Tests", "models", "systemd", "docs", ".ci"]
    /// Types of Swift's own libraries that the documents name.
    private static let others: Set<String> = ["Mutex", "Atomic"]

    /// Words that a document sets in code, in its text and in its blocks.
    private func codeWords(in document: String) throws -> [Substring] {
        let text = try String(contentsOf: Self.package.appending(path: document), encoding: .utf8)
        let blocks = text.split(separator: "```", omittingEmptySubsequences: false).enumerated()
        return blocks.flatMap { block, part -> [Substring] in
            if !block.isMultiple(of: 2) {
                let commands = part.split(separator: "\n").map {
                    $0.split(separator: "#", omittingEmptySubsequences: false)[0]
                }
                return commands.flatMap { $0.split { $0.isWhitespace || "─│┌┐└┘├┤┬┴┼".contains($0) } }
            }
            return part.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
        }
    }

    /// Paths of all files and folders of the package, each with a slash before it.
    private func paths() -> Set<String> {
        var paths: Set<String> = []
        for folder in Self.folders {
            let files = FileManager.default.enumerator(atPath: Self.package.appending(path: folder).path)
            paths.insert("/" + folder)
            while let file = files?.nextObject() as? String { paths.insert("/\(folder)/\(file)") }
        }
        for file in (try? FileManager.default.contentsOfDirectory(atPath: Self.package.path)) ?? [] {
            paths.insert("/" + file)
        }
        return paths
    }

    /// Whether a word is a path of this package; `New` in a name stands for what somebody adds.
    private func isPath(_ word: Substring) -> Bool {
        guard word.wholeMatch(of: /[A-Za-z0-9_.+\/-]+/) != nil, !word.hasPrefix("."), !word.contains("New") else {
            return false
        }
        let name = word.split(separator: "/").last ?? ""
        return word.contains("/")
            || Self.endings.contains(String(name.split(separator: ".").last ?? ""))
                && name.contains(".") && !name.hasPrefix("face68")
    }

    @Test(arguments: ["ARCHITECTURE.md", "CONTRIBUTING.md"]) func everyFileThatIsNamedExists(document: String) throws {
        let paths = paths()
        // A file may be named by the end of its path, and a Swift file without its ending.
        let ends = Set(
            paths.flatMap { path -> [String] in
                let parts = path.split(separator: "/")
                return parts.indices.map { parts[$0...].joined(separator: "/") }
            })
        let named = try codeWords(in: document).filter(isPath)
        #expect(named.count > 20)
        for word in named {
            let path = word.hasSuffix("/") ? String(word.dropLast()) : String(word)
            let isThere = ends.contains(path) || ends.contains(path + ".swift")
            #expect(isThere, "\(document): there is no \(word)")
        }
    }

    @Test(arguments: ["ARCHITECTURE.md", "CONTRIBUTING.md"]) func everyTypeThatIsNamedExists(document: String) throws {
        let sources = try paths().filter { $0.hasPrefix("/Sources/") && $0.hasSuffix(".swift") }
            .map { try String(contentsOf: Self.package.appending(path: $0), encoding: .utf8) }.joined()
        let files = paths().map { $0.split(separator: "/").last?.split(separator: ".").first ?? "" }
        func isDeclared(_ name: Substring) -> Bool {
            if files.contains(name) || Self.others.contains(String(name)) { return true }
            return ["class", "struct", "enum", "protocol", "typealias"].contains { sources.contains("\($0) \(name)") }
        }
        let types = try codeWords(in: document).filter { $0.wholeMatch(of: /[A-Z][a-z]+(?:[A-Z][A-Za-z0-9]*)+/) != nil }
        #expect(!types.isEmpty)
        for type in types where !type.hasSuffix("Tests") {
            let isThere = isDeclared(type)
            #expect(isThere, "\(document): there is no type or file \(type)")
        }
    }
}
