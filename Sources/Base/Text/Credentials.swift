extension String {
    /// The address of a source as anybody may read it: user, password and all of the query are left out.
    ///
    /// "rtsp://…@camera.local/stream?…" of "rtsp://admin:secret@camera.local/stream?token=1"; other strings are as they were.
    package var withoutCredentials: String {
        guard let scheme = firstRange(of: "://") else { return self }
        var rest = self[scheme.upperBound...]
        var query = ""
        if let mark = rest.firstIndex(where: { $0 == "?" || $0 == "#" }) {
            (rest, query) = (rest[..<mark], "?…")
        }
        let host = rest.prefix { $0 != "/" }
        if let at = host.lastIndex(of: "@") { rest = "…@" + rest[rest.index(after: at)...] }
        return self[..<scheme.upperBound] + rest + query
    }
}
