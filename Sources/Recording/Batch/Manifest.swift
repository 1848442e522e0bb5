import Base
import Foundation

/// A list of recordings, and of the tables that they are to become: a CSV table with the columns `input` and, if wanted, `output`,
/// or a JSON object with these keys on each line. Other columns and keys are left alone.
package struct Manifest: Sendable {
    package struct Entry: Sendable, Equatable {
        package let input: String
        /// Nil where the name follows from the input's.
        package let output: String?
        /// Number of its line, from 1.
        package let line: Int
    }

    package let path: String
    package let entries: [Entry]

    private static let keys = ["input", "output"]

    /// Throws `.noInput` where the file cannot be read, `.unusableData` with its line where it is none.
    package init(path: String) throws(LandmarkdError) {
        self.path = path
        let reader = try LineReader(path)
        var entries: [Entry] = []
        var columns: Columns?
        var isJSON: Bool?
        while let line = try reader.next() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            isJSON = isJSON ?? (line.first == UInt8(ascii: "{"))
            if isJSON == true {
                entries.append(try Self.entry(json: line, path, reader.number))
            } else if let columns {
                entries.append(try columns.entry(csvCells(line), path, reader.number))
            } else {
                columns = try Columns(csvCells(line), path, reader.number)
            }
        }
        guard !entries.isEmpty else {
            throw LandmarkdError(
                .unusableData, "\(path): no recordings in this manifest",
                remedy: "the first row names the columns, input or input,output; each other row is a recording")
        }
        self.entries = entries
    }

    /// Where the columns of a CSV manifest are.
    private struct Columns {
        private let input: Int
        private let output: Int?
        private let count: Int

        init(_ header: [ArraySlice<UInt8>], _ path: String, _ line: Int) throws(LandmarkdError) {
            let names = header.map { text($0) }
            func fault(_ what: String) -> LandmarkdError {
                LandmarkdError(
                    .unusableData, "\(path):\(line): \(what)",
                    remedy: "the first row names the columns: input, or input,output")
            }
            guard let input = names.firstIndex(of: "input") else { throw fault("no column “input”") }
            for name in names where !Manifest.keys.contains(name) {
                if let meant = closestName(to: name, among: Manifest.keys) {
                    throw fault("column “\(name)”: is “\(meant)” meant?")
                }
            }
            for key in Manifest.keys where names.count(where: { $0 == key }) > 1 {
                throw fault("two columns “\(key)”")
            }
            (self.input, output, count) = (input, names.firstIndex(of: "output"), names.count)
        }

        func entry(_ cells: [ArraySlice<UInt8>], _ path: String, _ line: Int) throws(LandmarkdError) -> Entry {
            guard cells.count == count else {
                throw LandmarkdError(
                    .unusableData, "\(path):\(line): \(cells.count) fields where the first row names \(count)",
                    remedy: "put names with commas in quotes")
            }
            return try Manifest.entry(input: text(cells[input]), output: output.map { text(cells[$0]) }, path, line)
        }
    }

    private struct Object: Decodable {
        var input: String?
        var output: String?
    }

    private static func entry(json line: ArraySlice<UInt8>, _ path: String, _ number: Int) throws(LandmarkdError)
        -> Entry
    {
        let object: Object
        do {
            object = try JSONDecoder().decode(Object.self, from: Data(line))
        } catch {
            throw LandmarkdError(
                .unusableData, "\(path):\(number): not a JSON object with names as text",
                remedy: "each line is an object such as {\"input\":\"a.mp4\",\"output\":\"a.csv\"}")
        }
        return try entry(input: object.input ?? "", output: object.output, path, number)
    }

    private static func entry(
        input: String, output: String?, _ path: String, _ line: Int
    ) throws(LandmarkdError) -> Entry {
        guard !input.isEmpty else {
            throw LandmarkdError(
                .unusableData, "\(path):\(line): no input", remedy: "name a recording, or remove the line")
        }
        let output = output.flatMap { $0.isEmpty ? nil : $0 }
        guard output != "-", output?.hasSuffix("/") != true, input != "-" else {
            throw LandmarkdError(
                .unusableData, "\(path):\(line): “-” and folders cannot be used in a manifest",
                remedy: "name the recording and the table's file")
        }
        return Entry(input: input, output: output, line: line)
    }
}

/// A cell without outer blanks, every byte kept.
private func text(_ cell: ArraySlice<UInt8>) -> String {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    guard let first = cell.firstIndex(where: { !isBlank($0) }), let last = cell.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(pathBytes: cell[first...last])
}
