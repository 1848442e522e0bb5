import Base
import SettingsFile

/// An MQTT broker, and what it is told.
package struct MQTTSettings: Sendable, Equatable {
    /// Authorities whose certificates are trusted.
    package enum Certificates: Sendable, Equatable {
        /// No TLS.
        case none
        case system
        case file(path: String)
    }

    package var host = ""
    package var port = 1883
    package var user: String?
    package var password: String?
    package var certificates = Certificates.none
    /// `{stream}` in it stands for the stream's name.
    package var topic = "landmarkd/{stream}"
    /// Prefix of Home Assistant's discovery; nil for none.
    package var discovery: String? = "homeassistant"
    /// Degrees between where a head points and the camera within which somebody looks at it.
    package var lookingWithin = 15.0

    package init(host: String = "", port: Int = 1883) { (self.host, self.port) = (host, port) }

    static let keys: [SettingKey<MQTTSettings>] = [
        SettingKey(
            "broker",
            SettingReader("a host and port such as 127.0.0.1:1883") { (_, text) -> HostAndPort? in
                HostAndPort(text).flatMap { $0.port == 0 ? nil : $0 }
            }, \.broker),
        SettingKey("user", optional(.text("a user's name"), none: "none"), \.user),
        SettingKey("password", optional(.text("a password"), none: "none"), \.password),
        SettingKey(
            "certificates",
            SettingReader("none, system, or the path of a file with certificates (PEM)") {
                (node, text) -> Certificates? in
                switch text {
                case "none": Certificates.none
                case "system": .system
                default: text.isEmpty || node.flag != nil ? nil : .file(path: text)
                }
            }, \.certificates),
        SettingKey("topic", .text("a topic without '+' and '#'", where: isTopic), \.topic),
        SettingKey(
            "discovery", optional(.text("a prefix such as homeassistant, or none", where: isTopic), none: "none"),
            \.discovery),
        SettingKey("looking_within", .number(1...90, "degrees"), \.lookingWithin),
    ]

    static let reader = SettingReader<MQTTSettings?>("a table with a broker") { (node) throws(LandmarkdError) in
        var settings = MQTTSettings()
        try SettingKey.read(node, keys, into: &settings)
        guard !settings.host.isEmpty else {
            throw node.fault("an MQTT output without a broker", remedy: "give it broker: HOST:PORT")
        }
        guard settings.password == nil || settings.user != nil else {
            throw node.fault("a password without a user", remedy: "give it a user")
        }
        return settings
    }

    private var broker: HostAndPort {
        get { HostAndPort(host: host, port: port) }
        set { (host, port) = (newValue.host, newValue.port) }
    }

    private static func optional(_ reader: SettingReader<String>, none: String) -> SettingReader<String?> {
        SettingReader(reader.wanted) { (node) throws(LandmarkdError) in
            node.text == none ? nil : try reader.read(node)
        }
    }

    private static let isTopic: @Sendable (String) -> Bool = { text in
        !text.hasPrefix("/") && !text.hasSuffix("/") && text.utf8.count <= 200
            && text.utf8.allSatisfy { $0 > 32 && $0 != 127 && $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "#") }
    }
}
