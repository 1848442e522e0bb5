import Base

/// The address of a network stream, its parts, and how it may be shown.
struct NetworkAddress: Sendable {
    /// Schemes that are followed, in lower case.
    static let schemes = ["rtsp", "rtsps", "http", "https"]

    /// With all it holds, for FFmpeg alone.
    let full: String
    /// As anybody may read it: for messages, logs and lists.
    let shown: String
    /// In lower case.
    let scheme: String
    /// User and password, as they are meant; nil where the address names none.
    let credentials: (user: String, password: String)?
    /// Without user, password and fragment.
    let bare: String
    private let host: String
    private let port: Int?

    /// Throws `wrongSettings` where the scheme is not one of `schemes`, there is no host, or a sign in the password should
    /// have been escaped.
    init(_ text: String) throws(LandmarkdError) {
        (full, shown) = (text, text.withoutCredentials)
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        let rest = parts.count == 2 ? parts[1] : ""
        let authority = rest.prefix { !"/?#".contains($0) }
        // The last one, as FFmpeg has it: a password may hold an @.
        let at = authority.lastIndex(of: "@")
        let place = at.map { authority[authority.index(after: $0)...] } ?? authority
        if let sign = unescapedSign(authority, place, rest[authority.endIndex...]) { throw Self.unescaped(sign, shown) }
        guard parts.count == 2, Self.schemes.contains(parts[0].lowercased()), let (host, port) = hostAndPort(place)
        else {
            throw LandmarkdError(
                .wrongSettings, "source '\(shown)': not the address of a stream",
                remedy: "write it like rtsp://user:password@host/path, or http:// or https://")
        }
        (scheme, self.host, self.port) = (parts[0].lowercased(), host, port)
        credentials = at.map {
            let parts = authority[..<$0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (percentDecoded(parts[0]), parts.count == 2 ? percentDecoded(parts[1]) : "")
        }
        let path = rest[authority.endIndex...].prefix { $0 != "#" }
        bare = "\(scheme)://\(place)" + escapingSpaces(path)
    }

    private static func unescaped(_ sign: Character, _ shown: String) -> LandmarkdError {
        let code = sign == "#" ? "%23" : sign == "?" ? "%3F" : "%2F"
        return LandmarkdError(
            .wrongSettings, "source '\(shown)': user or password hold a '\(sign)', at which the address would end",
            remedy: "write \(code) in place of '\(sign)'")
    }

    var isHTTP: Bool { scheme.hasPrefix("http") }

    /// Whether another address leads to the same server in the same way, so that it may have the password.
    func hasServer(of other: NetworkAddress) -> Bool {
        (scheme, host, port ?? usualPort) == (other.scheme, other.host, other.port ?? other.usualPort)
    }

    private var usualPort: Int {
        switch scheme {
        case "http": 80
        case "https": 443
        case "rtsps": 322
        default: 554
        }
    }
}

extension NetworkAddress {
    /// Options for FFmpeg: which protocols it may use, and to look at two seconds of it at most before it
    /// says what it is.
    var demuxerOptions: [String: String] {
        let probing = ["analyzeduration": "2000000"]
        if isHTTP { return probing.merging(["protocol_whitelist": "http,https,httpproxy,tls,tcp"]) { $1 } }
        let rtsp = [
            "protocol_whitelist": "rtsp,rtp,udp,tls,tcp", "rtsp_flags": "prefer_tcp", "allowed_media_types": "video",
        ]
        return probing.merging(rtsp) { $1 }
    }
}

/// The sign that ends the address in the middle of its password, as it seems: what should be a host is none, or a
/// fragment has an @ in it.
private func unescapedSign(_ authority: Substring, _ place: Substring, _ rest: Substring) -> Character? {
    guard let sign = rest.first, rest.contains("@") else { return nil }
    return sign == "#" || place == authority && place.contains(":") && hostAndPort(place) == nil ? sign : nil
}

/// "camera" and 8554 of "Camera:8554", "::1" of "[::1]"; nil where it cannot be.
private func hostAndPort(_ place: Substring) -> (host: String, port: Int?)? {
    guard !place.contains(where: { $0.isWhitespace || $0 == "\0" }) else { return nil }
    var (host, tail) = (place.prefix { $0 != ":" }, place.drop { $0 != ":" })
    if place.hasPrefix("["), let end = place.firstIndex(of: "]") {
        (host, tail) = (place[..<end].dropFirst(), place[place.index(after: end)...])
    }
    guard !host.isEmpty else { return nil }
    if tail.isEmpty { return (host.lowercased(), nil) }
    guard tail.hasPrefix(":"), tail.utf8.dropFirst().allSatisfy({ 0x30...0x39 ~= $0 }),
        let port = Int(tail.dropFirst()),
        1...65535 ~= port
    else { return nil }
    return (host.lowercased(), port)
}

/// "a@b" of "a%40b"; a % that begins no code stands for itself.
private func percentDecoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2, let code = UInt8(String(rest.prefix(2)) ?? "", radix: 16) {
            bytes.append(code)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// What no request line may hold, spaces and letters beyond ASCII among them, in their codes.
private func escapingSpaces(_ path: Substring) -> String {
    let digits = Array("0123456789ABCDEF")
    return path.utf8.reduce(into: "") { text, byte in
        let code = "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        text += 0x21...0x7E ~= byte ? String(UnicodeScalar(byte)) : code
    }
}
