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
        case opentrack(host: String, port: Int)
        case openSeeFace(host: String, port: Int)
        case vmc(host: String, port: Int)
        /// JSON lines for the readers of a socket at this path.
        case unix(path: String)
        case mqtt(MQTTSettings)
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
    /// Results per second at most, of which the newest is written; nil for all.
    package var rate: Double?
    package var faces = FaceChoice.all

    /// Bytes of a socket's path; the kernel takes no longer one.
    static let longestSocketPath = 107

    package init(_ place: Place, rotation: Rotation = .day) { (self.place, self.rotation) = (place, rotation) }

    /// Names the output in messages and metrics: "csv:/var/lib/landmarkd/door.csv".
    package var description: String {
        switch place {
        case .csv(let path): "csv:\(path)"
        case .jsonl(let path): "jsonl:\(path)"
        case .udp(let host, let port): Self.address("udp", host, port)
        case .opentrack(let host, let port): Self.address("opentrack", host, port)
        case .openSeeFace(let host, let port): Self.address("openseeface", host, port)
        case .vmc(let host, let port): Self.address("vmc", host, port)
        case .unix(let path): "unix:\(path)"
        case .mqtt(let settings): Self.address("mqtt", settings.host, settings.port)
        }
    }

    private static func address(_ kind: String, _ host: String, _ port: Int) -> String {
        "\(kind):\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }

    /// The path of a file or socket; nil for other places, also for standard output.
    var path: String? {
        switch place {
        case .csv(let path), .jsonl(let path): path == "-" ? nil : path
        case .unix(let path): path
        case .udp, .opentrack, .openSeeFace, .vmc, .mqtt: nil
        }
    }

    /// Whether it is a file that is rotated.
    private var isFile: Bool {
        if case .unix = place { return false }
        return path != nil
    }

    /// Whether it says what `columns` choose.
    private var hasColumns: Bool {
        switch place {
        case .csv, .jsonl, .udp, .unix: true
        case .opentrack, .openSeeFace, .vmc, .mqtt: false
        }
    }

    /// Whether streams with this output would write to one place, which only a network takes from several.
    var isShared: Bool {
        switch place {
        case .csv(let path), .jsonl(let path), .unix(let path): !path.contains("{stream}")
        case .mqtt(let settings): !settings.topic.contains("{stream}")
        case .udp, .opentrack, .openSeeFace, .vmc: false
        }
    }

    /// `{stream}` in paths stands for the stream's name.
    func named(_ stream: String) -> OutputSettings {
        var named = self
        switch place {
        case .csv(let path): named.place = .csv(path: path.replacing("{stream}", with: stream))
        case .jsonl(let path): named.place = .jsonl(path: path.replacing("{stream}", with: stream))
        case .unix(let path): named.place = .unix(path: path.replacing("{stream}", with: stream))
        case .udp, .opentrack, .openSeeFace, .vmc, .mqtt: break
        }
        return named
    }
}

extension OutputSettings {
    private struct Draft {
        var csv: String?
        var jsonl: String?
        var udp: HostAndPort?
        var opentrack: HostAndPort?
        var openSeeFace: HostAndPort?
        var vmc: HostAndPort?
        var unix: String?
        var mqtt: MQTTSettings?
        var rate: Double?
        var faces: FaceChoice?
        var rotation: Rotation?
        var keep: Retention?
        var columns: [ColumnGroup]?
    }

    static var keyNames: Set<String> { Set(keys.map(\.name)) }

    private static let keys: [SettingKey<Draft>] = [
        SettingKey("csv", optional(.text("a file's path") { $0 != "-" }), \.csv),
        SettingKey("jsonl", optional(.text("a file's path, or '-'")), \.jsonl),
        SettingKey("udp", receiver(9000), \.udp),
        SettingKey("opentrack", receiver(4242), \.opentrack),
        SettingKey("openseeface", receiver(11573), \.openSeeFace),
        SettingKey("vmc", receiver(39540), \.vmc),
        SettingKey(
            "unix",
            optional(
                .text("a socket's path of up to \(longestSocketPath) bytes") {
                    $0 != "-" && $0.utf8.count <= longestSocketPath
                }), \.unix),
        SettingKey("mqtt", MQTTSettings.reader, \.mqtt),
        SettingKey("rate", optional(.number(0.01...1000, "results per second")), \.rate),
        SettingKey(
            "faces",
            SettingReader("all or one") { (_, text) -> FaceChoice?? in FaceChoice(rawValue: text).map { .some($0) } },
            \.faces),
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

    private static func receiver(_ port: Int) -> SettingReader<HostAndPort?> {
        SettingReader("a host and port such as 127.0.0.1:\(port)") { (_, text) -> HostAndPort?? in
            HostAndPort(text).flatMap { $0.port == 0 ? nil : $0 }
        }
    }

    private static func optional<Value>(_ reader: SettingReader<Value>) -> SettingReader<Value?> {
        SettingReader(reader.wanted) { (node) throws(LandmarkdError) in try reader.read(node) }
    }

    /// A list of outputs, each a table with one place.
    static let list = SettingReader<[OutputSettings]>("a list of outputs") { (node) throws(LandmarkdError) in
        var outputs: [OutputSettings] = []
        for element in try node.elements("a list of outputs") { outputs.append(try output(element)) }
        return outputs
    }

    private static func output(_ node: SettingNode) throws(LandmarkdError) -> OutputSettings {
        var draft = Draft()
        try SettingKey.read(node, keys, into: &draft)
        let given = places(draft)
        guard given.count == 1 else {
            throw node.fault(
                given.isEmpty ? "an output without a place" : "an output with several places",
                remedy: "give each entry of the list one of csv, jsonl, udp, unix, opentrack, openseeface, vmc and mqtt"
            )
        }
        var output = OutputSettings(given[0], rotation: draft.rotation ?? .day)
        (output.columns, output.rate, output.faces) = (draft.columns, draft.rate, draft.faces ?? .all)
        if draft.rotation != nil, !output.isFile {
            throw node.fault("only files are rotated", remedy: "remove 'rotate'")
        }
        if draft.columns != nil, !output.hasColumns {
            throw node.fault("this protocol's contents are fixed", remedy: "remove 'columns'")
        }
        output.keep = draft.keep
        if draft.keep != nil, !output.isFile {
            throw node.fault("only files are removed after a while", remedy: "remove 'keep'")
        }
        return output
    }

    private static func places(_ draft: Draft) -> [Place] {
        let places: [Place?] = [
            draft.csv.map { .csv(path: $0) }, draft.jsonl.map { .jsonl(path: $0) },
            draft.udp.map { .udp(host: $0.host, port: $0.port) },
            draft.opentrack.map { .opentrack(host: $0.host, port: $0.port) },
            draft.openSeeFace.map { .openSeeFace(host: $0.host, port: $0.port) },
            draft.vmc.map { .vmc(host: $0.host, port: $0.port) }, draft.unix.map { .unix(path: $0) },
            draft.mqtt.map { .mqtt($0) },
        ]
        return places.compactMap(\.self)
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
