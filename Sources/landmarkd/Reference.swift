import ArgumentParser
import Base
import Results
import Service
import Training

/// Prints a page of the reference, which is made of the tables that the code works by: `docs/` and the manual page are written from it.
struct Reference: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a page of the reference, as Markdown.", shouldDisplay: false)

    @Argument(help: "Which page.")
    var page: ReferencePage.Name

    @Flag(help: "Print it as a part of the manual page.")
    var roff = false

    func run() throws {
        let page = ReferencePage(page)
        print(roff ? page.roff : page.markdown, terminator: "")
    }
}

/// Tables of names and meanings with a few sentences before them.
struct ReferencePage {
    enum Name: String, ExpressibleByArgument, CaseIterable {
        case columns
        case json
        case http
        case recipe
        case exitCodes = "exit-codes"
    }

    struct Part {
        let title: String
        let head: [String]
        let rows: [[String]]
    }

    let title: String
    let sentences: [String]
    let parts: [Part]

    init(_ name: Name) {
        switch name {
        case .columns: (title, sentences, parts) = Self.columns
        case .json: (title, sentences, parts) = Self.json
        case .http: (title, sentences, parts) = Self.http
        case .recipe: (title, sentences, parts) = Self.recipe
        case .exitCodes: (title, sentences, parts) = Self.exitCodes
        }
    }

    private typealias Content = (title: String, sentences: [String], parts: [Part])

    private static var columns: Content {
        let groups = ColumnGroup.allCases.map { group in
            let isStandard = ColumnGroup.standard.contains(group)
            return part("Group \(group.rawValue)" + (isStandard ? ", there by default" : ""), group.columns)
        }
        return (
            "Columns of tables",
            [
                "A table has a row for each decoded frame and face, in the order of frames and face_id. A frame in which nobody is "
                    + "followed, or which failed to decode, has one row with zeros and success 0: frame numbers have no gaps.",
                "A cell is empty where its value is unknown: measures of landmarks other than 300-W's 68, a pose that no head has, "
                    + "the opening of an eye before it is known.",
                "Names, units, axes and signs are those of OpenFace where it has such a column. Left and right are the person's.",
            ],
            [part("In every table", Column.always)] + groups + [part("Table of blinks, --blinks", Column.blinks)]
        )
    }

    private static func part(_ title: String, _ columns: [Column]) -> Part {
        Part(
            title: title, head: ["column", "unit", "range", "meaning"],
            rows: columns.map { [$0.name, $0.unit, $0.range, $0.meaning] })
    }

    private static var json: Content {
        func part(_ title: String, _ fields: [JSONField]) -> Part {
            Part(
                title: title, head: ["member", "unit", "meaning"],
                rows: fields.map { [$0.name, $0.unit, $0.meaning] })
        }
        return (
            "Results in JSON",
            [
                "JSON lines, UDP datagrams, HTTP and its events carry one object for each frame.",
                "The option --columns and the setting columns choose which members a face has; by default it has all.",
            ], [part("Each frame", JSONField.frame), part("Each face", JSONField.face)]
        )
    }

    private static var http: Content {
        (
            "HTTP",
            [
                "landmarkd serve answers GET and HEAD. Where http.token is set, requests carry 'Authorization: Bearer TOKEN' or "
                    + "'?token=TOKEN'. Faults are JSON with error and remedy."
            ],
            [
                Part(
                    title: "Paths", head: ["path", "type", "answer"],
                    rows: HTTPEndpoint.all.map { [$0.path, $0.type, $0.meaning] })
            ]
        )
    }

    private static var recipe: Content {
        let text = TrainingRecipe.help.split(separator: "\n").map(String.init)
        var rows: [[String]] = []
        for line in text.dropFirst() {
            if line.hasPrefix("    ") {
                rows[rows.count - 1].append(String(line.drop { $0 == " " }))
            } else if let colon = line.range(of: ": ") {
                rows.append([String(line[..<colon.lowerBound]), String(line[colon.upperBound...])])
            }
        }
        return ("Keys of a recipe", [text[0]], [Part(title: "Keys", head: ["key", "takes", "meaning"], rows: rows)])
    }

    private static var exitCodes: Content {
        let codes = ExitCode.allCases.map { ["\($0.rawValue)", $0.meaning] }
        return (
            "Exit codes",
            [
                "The codes are those of sysexits(3). A message on standard error says what failed, and what to do about it."
            ],
            [Part(title: "Codes", head: ["code", "meaning"], rows: [["0", "done"]] + codes)]
        )
    }

    var markdown: String {
        func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
        let tables = parts.map { part in
            let head = "| " + part.head.joined(separator: " | ") + " |\n|" + part.head.map { _ in "---|" }.joined()
            let rows = part.rows.map { row in
                "| `\(row[0])` | " + row.dropFirst().map(cell).joined(separator: " | ") + " |"
            }
            return "## \(part.title)\n\n\(([head] + rows).joined(separator: "\n"))\n"
        }
        return "# \(title)\n\n" + sentences.map { $0 + "\n\n" }.joined() + tables.joined(separator: "\n")
    }

    /// Entries under headings, to stand in a section of the manual page.
    var roff: String {
        func plain(_ text: String) -> String {
            let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
            return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
        }
        let entries = parts.map { part in
            let rows = part.rows.map { row in
                let limits = row.dropFirst().dropLast().filter { !$0.isEmpty }.joined(separator: ", ")
                let meaning = row.count > 1 ? row[row.count - 1] : ""
                return ".TP\n.B \(plain(row[0]))\n" + plain(limits.isEmpty ? meaning : "[\(limits)] \(meaning)")
            }
            return (parts.count > 1 ? [".SS \(plain(part.title))"] : []) + rows
        }
        return (sentences.map { plain($0) + "\n.PP" } + entries.joined()).joined(separator: "\n") + "\n"
    }
}
