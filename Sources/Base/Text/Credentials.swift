extension String {
    /// The address of a source as anybody may read it: scheme, host, port and path.
    ///
    /// User, password, query, fragment and what follows a `;` are left out, and the path ends at its first `=`, since
    /// cameras take passwords there: "rtsp://camera:554/live" of "rtsp://admin:secret@camera:554/live?token=1",
    /// "rtsp://camera/user=…" of "rtsp://camera/user=admin_password=secret". Where a sign in a password was not escaped,
    /// rather too much is left out than too little. Strings that are no address are as they were.
    package var withoutCredentials: String {
        guard let scheme = firstRange(of: "://") else { return withoutLooseCredentials }
        return "\(self[..<scheme.upperBound])\(shownPart(of: self[scheme.upperBound...]))"
    }

    /// "…@camera/1" of "admin:secret@camera/1", an address whose scheme or slashes somebody forgot.
    private var withoutLooseCredentials: String {
        guard let at = lastIndex(of: "@") else { return self }
        var user = self[..<at]
        if let scheme = ["rtsp:", "rtsps:", "http:", "https:"].first(where: user.lowercased().hasPrefix) {
            user = user.dropFirst(scheme.utf8.count).drop { $0 == "/" }
        }
        return user.contains(":") && !user.contains("/") ? "…@" + shownPart(of: self[index(after: at)...]) : self
    }
}

/// Host, port and path of what follows "://".
private func shownPart(of address: Substring) -> String {
    let authority = address.prefix { !"/?#".contains($0) }
    var (rest, mark) = (address, "")
    if let at = address.lastIndex(of: "@") {
        // An @ behind the host is a part of the path only where nothing before it can be a password.
        let isInPath = authority.endIndex < at && address[authority.endIndex] == "/" && !address[..<at].contains(":")
        if !isInPath {
            rest = address[address.index(after: at)...]
            mark = at < authority.endIndex ? "" : "…@"
        }
    }
    return mark + shownPath(of: rest)
}

/// Up to the query, the fragment or a `;`, and up to the first value; as they are written or escaped.
private func shownPath(of rest: Substring) -> String {
    let text = rest.prefix { !"?#;".contains($0) }
    for index in text.indices {
        switch text[index...].prefix(3).lowercased() {
        case "%3f", "%23", "%3b": return String(text[..<index])
        case "%3d": return "\(text[..<index])=…"
        case let part where part.hasPrefix("="): return "\(text[...index])…"
        default: continue
        }
    }
    return String(text)
}
