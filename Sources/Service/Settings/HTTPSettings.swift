import Base
import SettingsFile

/// Address, token and options of the HTTP service.
package struct HTTPSettings: Sendable, Equatable {
    /// Whether there is an HTTP service at all.
    package var isOn = true
    /// An address or a name: "127.0.0.1", "::1", "0.0.0.0".
    package var host = "127.0.0.1"
    /// 0: one that is free.
    package var port = 8068
    /// Token that readers must send; nil: none, which is allowed on loopback only.
    package var token: String?
    /// Whether pictures are served.
    package var preview = true

    package init() {}

    /// As it is written in settings: "127.0.0.1:8068", "[::1]:8068".
    package var listen: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether only programs on this machine can reach it.
    package var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return host == "localhost" || host == "::1" || isIPv4 && parts[0] == "127"
    }

    static let keys: [SettingKey<HTTPSettings>] = [
        SettingKey("listen", listenReader, \.address),
        SettingKey("token", tokenReader, \.token),
        SettingKey("preview", .flag, \.preview),
    ]

    /// The value is not repeated in the message: it may still be a token.
    private static let tokenForm = "none, or at least 16 letters, digits and signs without spaces"
    private static let tokenReader = SettingReader<String?>(tokenForm) { (node) throws(LandmarkdError) in
        if node.isNull || node.isLeftOut { throw node.unsuitable(tokenForm) }
        if let text = node.text, isToken(text) { return text }
        guard node.text == "none" else {
            throw node.fault("the value is not \(tokenForm)", remedy: "give \(tokenForm)")
        }
        return nil
    }

    private static let listenReader = SettingReader<HostAndPort?>(
        "an address and port such as 127.0.0.1:8068, or off"
    ) { node, text in
        if node.flag == false { return .some(nil) }
        return HostAndPort(text).map { .some($0) }
    }

    private static func isToken(_ text: String) -> Bool {
        text.utf8.count >= 16 && text.utf8.allSatisfy { $0 > 32 && $0 < 127 }
    }

    /// Nil: no service.
    var address: HostAndPort? {
        get { isOn ? HostAndPort(listen) : nil }
        set {
            isOn = newValue != nil
            if let newValue { (host, port) = (newValue.host, newValue.port) }
        }
    }
}

/// An address and a port as they are written: "127.0.0.1:8068", "[::1]:8068", "localhost:0".
struct HostAndPort: Sendable, Equatable {
    var host: String
    var port: Int

    init(host: String, port: Int) { (self.host, self.port) = (host, port) }

    /// Nil where one of them is missing or invalid.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = wholeNumber(String(text[text.index(after: colon)...])),
            0...65535 ~= port
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") }) else {
            return nil
        }
        (self.host, self.port) = (String(host), port)
    }
}
