import Base
import Logging
import SettingsFile

/// Settings of `landmarkd serve`.
package struct ServiceSettings: Sendable, Equatable {
    /// In the order of their names.
    package var streams: [StreamSettings] = []
    /// Whether each camera that no stream names gets a stream of its own.
    package var adoptsCameras = false
    /// Defaults of streams.
    package var defaults = StreamSettings()
    package var http = HTTPSettings()
    package var logLevel = Logger.Level.info
    /// Folder of face68.safetensors and locator.safetensors; nil: those that came with landmarkd.
    package var models: String?
    /// File of the model that finds landmarks; nil: face68.safetensors of the folder.
    package var model: String?

    package init() {}

    /// Settings while they are read: streams begin as `defaults`, wherever these stand in the file.
    private struct Draft {
        var settings: ServiceSettings
        var streams: SettingNode?
    }

    private static let keys: [SettingKey<Draft>] = [
        SettingKey(
            "streams", SettingReader<SettingNode?>("a table of streams") { (node) throws(LandmarkdError) in node },
            \.streams),
        SettingKey(
            "cameras",
            SettingReader("auto, or off") { node, text in text == "auto" ? true : node.flag == false ? false : nil },
            \.settings.adoptsCameras),
        SettingKey("defaults", table: StreamSettings.commonKeys, \.settings.defaults),
        SettingKey("http", table: HTTPSettings.keys, \.settings.http),
        SettingKey("log", table: [SettingKey("level", logLevel, \.settings.logLevel)], \.self),
        SettingKey("models", orAuto: .text("a folder"), \.settings.models),
        SettingKey("model", orAuto: .text("a model file"), \.settings.model),
    ]

    private static let logLevelName = SettingReader.choice(["debug", "info", "warning", "error"])
    private static let logLevel = SettingReader<Logger.Level>(logLevelName.wanted) { (node) throws(LandmarkdError) in
        Logger.Level(rawValue: try logLevelName.read(node)) ?? .info
    }

    /// Applies the keys of a table; others keep their values.
    mutating func read(_ table: SettingNode) throws(LandmarkdError) {
        var draft = Draft(settings: self)
        try SettingKey.read(table, Self.keys, into: &draft)
        self = draft.settings
        if let table = draft.streams { streams = try StreamSettings.read(table, defaults: defaults) }
    }
}

/// Checks for settings that contradict each other though each is valid.
extension ServiceSettings {
    /// Throws `.wrongSettings`.
    func check(origin: String) throws(LandmarkdError) {
        func fault(_ cause: String, _ remedy: String) -> LandmarkdError {
            LandmarkdError(.wrongSettings, "\(origin): \(cause)", remedy: remedy)
        }
        if http.isOn, !http.isLoopback, http.token == nil {
            throw fault(
                "http.listen: other machines can reach \(http.listen), and no http.token is set",
                "set http.token or LANDMARKD_HTTP_TOKEN, or listen at 127.0.0.1:\(http.port)")
        }
        if adoptsCameras, let output = defaults.outputs.first(where: { $0.isShared }) {
            throw fault(
                "defaults.outputs: several cameras would write to \(output)",
                "put '{stream}' into its path: the stream's name")
        }
        var taken: [String: String] = [:]
        for stream in streams {
            for output in stream.outputs {
                guard let key = output.path ?? (output.place == .jsonl(path: "-") ? "-" : nil) else { continue }
                if let other = taken.updateValue(stream.name, forKey: key) {
                    throw fault(
                        "streams.\(stream.name).outputs: '\(key)' is written by an output of '\(other)' already",
                        "give each output a place of its own; '{stream}' in a path stands for the stream's name")
                }
            }
        }
    }
}

extension ServiceSettings {
    /// What is set, for people: a line on the whole, a line for each stream. `sources`: the streams' sources as they may be shown.
    func summary(sources: [String]) -> String {
        let count = streams.isEmpty ? "no stream" : streams.count == 1 ? "1 stream" : "\(streams.count) streams"
        let http = http.isOn ? "HTTP at \(http.listen)\(http.token == nil ? "" : " with a token")" : "no HTTP"
        let cameras = adoptsCameras ? ["  cameras: each that comes gets a stream"] : []
        let lines = zip(streams, sources).map { "  \($0.name): \($0.summary(source: $1))" }
        return (["\(count), \(http)"] + lines + cameras).joined(separator: "\n")
    }
}

extension StreamSettings {
    /// "/dev/video0, MJPG 1280x720, up to 2 faces -> csv:door.csv".
    fileprivate func summary(source: String) -> String {
        let asked = [format, size?.description, rate.map { "\($0) frames/s" }].compactMap(\.self)
        let parts = [source, asked.joined(separator: " "), faces == 1 ? "1 face" : "up to \(faces) faces"]
        let places = outputs.map(\.description).joined(separator: ", ")
        return (parts.filter { !$0.isEmpty }.joined(separator: ", ") + (places.isEmpty ? "" : " -> \(places)")).shown
    }
}
