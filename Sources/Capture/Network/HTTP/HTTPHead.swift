import CCurl

/// The head of an HTTP answer: its status and fields. Lines come one by one.
struct HTTPHead {
    /// 0 until a head has begun.
    private(set) var status = 0
    /// By names in lower case; of fields that come twice the last.
    private var fields: [String: String] = [:]

    /// A line of a head, without its end. A status line begins a new head: that of the answer after a redirect, or after
    /// the one that asks for a password.
    mutating func add(_ line: String) {
        if line.hasPrefix("HTTP/") || line.hasPrefix("ICY ") {
            let words = line.split(separator: " ", maxSplits: 2)
            (status, fields) = (words.count > 1 ? Int(words[1]) ?? 0 : 0, [:])
        } else if let colon = line.firstIndex(of: ":") {
            fields[line[..<colon].lowercased()] = trimmed(line[colon...].dropFirst())
        }
    }

    var isGood: Bool { 200...299 ~= status }

    /// "multipart/x-mixed-replace", in lower case; empty where none is told.
    var mediaType: String { trimmed((fields["content-type"] ?? "").prefix { $0 != ";" }).lowercased() }

    /// What stands between the parts of a multipart answer, with the dashes that some cameras count to it.
    var boundary: String? {
        guard let type = fields["content-type"] else { return nil }
        for parameter in type.split(separator: ";").dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1).map { trimmed($0) }
            guard pair.count == 2, pair[0].lowercased() == "boundary" else { continue }
            return String(pair[1].drop { $0 == "\"" }.prefix { $0 != "\"" })
        }
        return nil
    }

    /// Fields of the next request, by which the server may answer that nothing has changed.
    ///
    /// A time of whole seconds says so only once its second is over: RFC 9110, section 8.8.2.2.
    var conditions: [String] {
        if let tag = fields["etag"] { return ["If-None-Match: \(tag)"] }
        guard let changed = fields["last-modified"], let now = fields["date"] else { return [] }
        let (changedSeconds, nowSeconds) = (curl_getdate(changed, nil), curl_getdate(now, nil))
        guard changedSeconds >= 0, nowSeconds > changedSeconds else { return [] }
        return ["If-Modified-Since: \(changed)"]
    }
}

private func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
}
