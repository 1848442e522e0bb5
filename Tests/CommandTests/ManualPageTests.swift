import ArgumentParser
import Base
import Foundation
import TestSupport
import Testing

@testable import landmarkd

/// The manual page is made of what the program says of itself.
@Suite struct ManualPageTests {
    /// Roff without what keeps its hyphens and backslashes from being taken for something else.
    let page: String

    init() throws {
        let result = try run(
            "\(packageFolder)/systemd/package/manual", [builtProgram("landmarkd"), "2026-01-02"])
        try #require(result.status == 0 && result.errors == "", "\(result.errors)")
        page = result.output
    }

    @Test(arguments: HelpTests.commands.map(\.name)) func namesEveryOption(name: String) throws {
        let command = try #require(HelpTests.commands.first { $0.name == name })
        let help = Landmarkd.helpMessage(for: command.type, columns: 80)
        let entries = help.split(separator: "\n").filter { $0.hasPrefix("  -") || $0.hasPrefix("  <") }
        try #require(!entries.isEmpty)
        let section = try #require(
            page.replacing("\\-", with: "-").split(separator: ".S").first {
                $0.hasPrefix(name == "landmarkd" ? "H COMMANDS\n" : "S landmarkd \(name)\n")
            })
        for entry in entries where name == "landmarkd" || !(entry.contains("--help") || entry.contains("--version")) {
            let column = entry.dropFirst(2).prefix(24).split(separator: "  ").first ?? ""
            let label = column.hasSuffix(" ") ? column.dropLast() : column
            #expect(section.contains("\n.B \(label)"), "\(label)")
        }
    }

    /// Word for word what `train --help-recipe` says.
    @Test func hasTheRecipesKeys() throws {
        let result = try run(try builtProgram("landmarkd"), ["train", "--help-recipe"])
        try #require(result.status == 0 && result.errors == "", "\(result.errors)")
        let section = try #require(page.components(separatedBy: ".SH ").first { $0.hasPrefix("RECIPES\n") })
        let plain = section.dropFirst("RECIPES\n".count).replacing("\\-", with: "-").replacing(".TP\n.B ", with: "")
        let words = plain.split(whereSeparator: \.isWhitespace).filter { $0 != ".br" }
        let told = result.output.split(separator: "\n").flatMap { line in
            // A key stands alone on the page, without its colon.
            let words = line.split(separator: " ")
            return words.first?.hasSuffix(":") == true ? [words[0].dropLast()] + words.dropFirst() : words
        }
        #expect(words == told)
    }

    @Test func carriesVersionAndDay() {
        #expect(page.hasPrefix(".TH LANDMARKD 1 \"2026-01-02\" \"landmarkd \(Landmarkd.configuration.version)\""))
        #expect(!page.contains(/@[a-z]+@/), "a place that was not filled in")
    }

    @Test(.enabled(if: hasProgram("man"), "needs man")) func isSoundRoff() throws {
        let folder = try TemporaryFolder()
        try writeFile(folder.path("landmarkd.1"), Array(page.utf8))
        let result = try run(
            "man", ["--warnings", "--local-file", folder.path("landmarkd.1")], environment: ["LC_ALL": "C.UTF-8"])
        #expect(result.status == 0 && result.errors == "", "\(result.errors)")
        #expect(result.output.contains("landmarkd track"))
    }
}
