/// Where and to whom the HTTP service answers.
public struct HTTPSettings: Sendable, Equatable {
    /// An address or a name: "127.0.0.1", "::1", "0.0.0.0".
    public var host = "127.0.0.1"
    /// 0: one that is free, for tests.
    public var port = 8068
    /// What readers must show; nil: nothing, which is for loopback only.
    public var token: String?
    /// Whether pictures may be seen.
    public var preview = true

    public init() {}

    /// As it is written in settings: "127.0.0.1:8068", "[::1]:8068".
    public var listen: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether only programs on this machine can reach it.
    public var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4 = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return host == "localhost" || host == "::1" || isIPv4 && parts[0] == "127"
    }
}
