import Base

/// The address of a network stream, and how it may be shown.
struct NetworkAddress: Sendable {
    /// Schemes that are followed, in lower case.
    static let schemes = ["rtsp", "rtsps", "http", "https"]

    /// With all it holds, for FFmpeg alone.
    let full: String
    /// Without passwords: for messages, logs and lists.
    let shown: String

    /// Throws `wrongSettings` where the scheme is not one of `schemes` or there is no host.
    init(_ text: String) throws(LandmarkdError) {
        (full, shown) = (text, maskingCredentials(text))
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let host =
            parts.count == 2
            ? parts[1].prefix { !"/?#".contains($0) }.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            : ""
        guard parts.count == 2, Self.schemes.contains(parts[0].lowercased()), !host.isEmpty, !host.hasPrefix(":") else {
            throw LandmarkdError(
                .wrongSettings, "source '\(shown)': not the address of a stream",
                remedy: "write it like rtsp://user:password@host/path, or http:// or https://")
        }
    }
}

extension NetworkAddress {
    /// What FFmpeg is told about it: which protocols it may use, and to look at two seconds of it at most before it
    /// says what it is.
    var demuxerOptions: [String: String] {
        let look = ["analyzeduration": "2000000"]
        if full.lowercased().hasPrefix("http") {
            return look.merging(["protocol_whitelist": "http,https,httpproxy,tls,tcp"]) { $1 }
        }
        let rtsp = [
            "protocol_whitelist": "rtsp,rtp,udp,tls,tcp", "rtsp_flags": "prefer_tcp", "allowed_media_types": "video",
        ]
        return look.merging(rtsp) { $1 }
    }
}

/// An address with `***` in the place of its password and of what its query says of keys and passwords.
func maskingCredentials(_ address: String) -> String {
    guard let scheme = address.firstRange(of: "://") else { return address }
    let query = address[scheme.upperBound...].firstIndex(of: "?") ?? address.endIndex
    var start = String(address[..<scheme.upperBound])
    var rest = address[scheme.upperBound..<query]
    // The last one: a password may hold an @, or a slash that somebody forgot to write as %2F.
    if let at = rest.lastIndex(of: "@") {
        start += rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)[0]
        start += rest[..<at].contains(":") ? ":***" : ""
        rest = rest[at...]
    }
    let parameters = address[query...].split(separator: "&", omittingEmptySubsequences: false).map(maskingSecret)
    return start + rest + parameters.joined(separator: "&")
}

/// "pwd=***" of "pwd=swordfish"; other parameters as they are.
private func maskingSecret(_ parameter: Substring) -> String {
    let secret = ["pass", "pwd", "token", "key", "secret", "auth", "sign", "session", "credential"]
    guard let equals = parameter.firstIndex(of: "=") else { return String(parameter) }
    let name = parameter[..<equals].lowercased()
    return secret.contains(where: name.contains) ? parameter[...equals] + "***" : String(parameter)
}
