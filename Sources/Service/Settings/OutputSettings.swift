import Base
import Results
import SettingsFile

/// Where a stream's results go, beside HTTP.
package struct OutputSettings: Sendable, Equatable, CustomStringConvertible {
    package enum Place: Sendable, Equatable {
        case csv(path: String)
        /// "-": standard output.
        case jsonl(path: String)
        case udp(host: String, port: Int)
    }

    /// When a file is finished and the next one begun.
    package enum Rotation: Sendable, Equatable {
        case never
        /// At midnight, UTC.
        case day
        /// Before a file would grow beyond this many bytes.
        case size(bytes: Int)
    }

    package var place: Place
    /// When files are rotated.
    package var rotation = Rotation.day
    /// Which finished files are kept; nil for all.
    package var keep: Retention?
    /// What is told of a face; nil for what the form has by default.
    package var columns: [ColumnGroup]?

    package init(_ place: Place, rotation: Rotation = .day) { (self.place, self.rotation) = (place, rotation) }

    /// Names the output in messages and metrics: "csv:/var/lib/landmarkd/door.csv".
    package var description: String {
        switch place {
        case .csv(let path): "csv:\(path)"
        case .jsonl(let path): "jsonl:\(path)"
        case .udp(let host, let port): "udp:\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
    }

    /// The path of a file; nil for other places, also for standard output.
    var path: String? {
        switch place {
        case .csv(let path), .jsonl(let path): path == "-" ? nil : path
        case .udp: nil
        }
    }

    /// Whether streams with this output would write to one place, which only a network takes from several.
    var isShared: Bool {
        switch place {
        case .csv(let path), .jsonl(let path): !path.contains("{stream}")
        case .udp: false
        }
    }

    /// `{stream}` in paths stands for the stream's name.
    func named(_ stream: String) -> OutputSettings {
        var named = self
        switch place {
        case .csv(let path): named.place = .csv(path: path.replacing("{stream}", with: stream))
        case .jsonl(let path): named.place = .jsonl(path: path.replacing("{stream}", with: stream))
        case .udp: break
        }
        return named
    }
}

extension OutputSettings {
    private struct Draft {
        var csv: String?
        var jsonl: String?
        var udp: HostAndPort?
        var rotation: Rotation?
        var keep: Retention?
        var columns: [ColumnGroup]?
    }

    private static let keys: [SettingKey<Draft>] = [
        SettingKey("csv", optional(.text("a file's path") { $0 != "-" }), \.csv),
        SettingKey("jsonl", optional(.text("a file's path, or '-'")), \.jsonl),
        SettingKey(
            "udp",
            SettingReader("a host and port such as 127.0.0.1:9000") { (_, text) -> HostAndPort?? in
                HostAndPort(text).flatMap { $0.port == 0 ? nil : $0 }
            }, \.udp),
        SettingKey(
            "rotate",
            SettingReader("day, never, or a size such as 100MB") { (_, text) -> Rotation?? in
                Rotation(text).map { .some($0) }
            }, \.rotation),
        SettingKey(
            "keep",
            SettingReader("an age such as 30d, a size such as 20GB, or both as 30d,20GB") { (_, text) -> Retention?? in
                Retention(text).map { .some($0) }
            }, \.keep),
        SettingKey(
            "columns",
            SettingReader("groups of columns such as pose,eyes,mouth,points") { (_, text) -> [ColumnGroup]?? in
                (try? ColumnGroup.list(text)).map { .some($0) }
            }, \.columns),
    ]

    private static func optional(_ reader: SettingReader<String>) -> SettingReader<String?> {
        SettingReader(reader.wanted) { (node) throws(LandmarkdError) in try reader.read(node) }
    }

    /// A list of outputs, each a table with one of `csv`, `jsonl` and `udp`.
    static let list = SettingReader<[OutputSettings]>("a list of outputs") { (node) throws(LandmarkdError) in
        var outputs: [OutputSettings] = []
        for element in try node.elements("a list of outputs") { outputs.append(try output(element)) }
        return outputs
    }

    private static func output(_ node: SettingNode) throws(LandmarkdError) -> OutputSettings {
        var draft = Draft()
        try SettingKey.read(node, keys, into: &draft)
        let places: [Place?] = [
            draft.csv.map { .csv(path: $0) }, draft.jsonl.map { .jsonl(path: $0) },
            draft.udp.map { .udp(host: $0.host, port: $0.port) },
        ]
        let given = places.compactMap(\.self)
        guard given.count == 1 else {
            throw node.fault(
                given.isEmpty ? "an output without a place" : "an output with several places",
                remedy: "give each entry of the list one of csv, jsonl and udp")
        }
        var output = OutputSettings(given[0], rotation: draft.rotation ?? .day)
        (output.keep, output.columns) = (draft.keep, draft.columns)
        if draft.rotation != nil, output.path == nil {
            throw node.fault("only files are rotated", remedy: "remove 'rotate'")
        }
        if draft.keep != nil, output.path == nil {
            throw node.fault("only files are removed after a while", remedy: "remove 'keep'")
        }
        return output
    }
}

extension OutputSettings.Rotation {
    /// From "day", "never", or a size of at least 64 kB: "500kB", "100MB", "2GB".
    init?(_ text: String) {
        switch text {
        case "day": self = .day
        case "never": self = .never
        default:
            guard let bytes = byteCount(text), bytes >= 64000 else { return nil }
            self = .size(bytes: bytes)
        }
    }
}
