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

    /// "multipart/x-mixed-replace", in lower case; empty where there is none.
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

/// What the lines before a part of a multipart answer say of it. Cameras leave out any of them.
struct PartHeader {
    /// Bytes of the part, as promised; cameras err.
    private(set) var length: Int?
    /// Whether the part is said to hold something other than a picture: text, sound.
    private(set) var isForeign = false
    /// Whether the part is said to hold a picture; nil where it has no type.
    private var isImage: Bool?
    /// Whether anything was said.
    private(set) var isBegun = false

    /// Whether a body that is no picture is a broken one.
    var promisesPicture: Bool { isImage ?? ((length ?? 0) > 0) }

    /// A line without its end. What is no field of a header is stepped over.
    mutating func add(_ line: ArraySlice<UInt8>) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        let value = String(decoding: line[colon...].dropFirst(), as: UTF8.self).filter { $0 != " " && $0 != "\t" }
        switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
        case "content-length":
            length = Int(value).flatMap { $0 >= 0 ? $0 : nil }
        case "content-type":
            let type = value.lowercased()
            isForeign = ["text/", "audio/", "application/json", "application/xml"].contains { type.hasPrefix($0) }
            isImage = type.hasPrefix("image/")
        default: break
        }
        isBegun = true
    }
}

/// The line between the parts of a multipart answer. Cameras write it with two dashes before it or without, or count the
/// dashes to it.
struct PartBoundary {
    /// Without dashes before it; empty until it is known.
    private var text: [UInt8] = []

    private static let dash = UInt8(ascii: "-")

    /// As the answer's header has it; nil: what the first line that begins with two dashes has.
    init(_ text: String?) { self.text = Array((text ?? "").utf8.drop { $0 == Self.dash }) }

    var isKnown: Bool { !text.isEmpty }

    /// Whether a line, without its end, is the boundary.
    mutating func matches(_ line: ArraySlice<UInt8>) -> Bool {
        let rest = line.drop { $0 == Self.dash }
        if text.isEmpty, rest.startIndex >= line.startIndex + 2 { text = Array(rest) }
        guard isKnown, rest.starts(with: text) else { return false }
        return rest.dropFirst(text.count).allSatisfy { $0 == Self.dash || $0 == 0x20 }
    }

    /// Where in `bytes` the first boundary begins that stands on a line of its own or right behind other bytes with its dashes.
    func place(in bytes: ArraySlice<UInt8>) -> Int? {
        guard isKnown else { return nil }
        var rest = bytes
        while let found = rest.firstRange(of: text) {
            let start = bytes[..<found.lowerBound].lastIndex { $0 != Self.dash }.map { $0 + 1 } ?? bytes.startIndex
            if found.lowerBound - start >= 2 || start > bytes.startIndex && bytes[start - 1] == 0x0A { return start }
            rest = rest[(found.lowerBound + 1)...]
        }
        return nil
    }
}
