import Base

/// An address and a port as they are written: "127.0.0.1:8068", "[::1]:8068", "localhost:0".
struct HostAndPort: Sendable, Equatable {
    var host: String
    var port: Int

    /// Nil where one of them lacks or cannot be.
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
