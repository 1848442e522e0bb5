/// What the lines before a part of a multipart answer say of it. Cameras leave out any of them.
struct PartHeader {
    /// Bytes of the part, as promised; cameras err.
    private(set) var length: Int?
    /// Whether the part is said to hold something other than a picture: text, sound.
    private(set) var isForeign = false
    /// Whether the part is said to hold a picture; nil where its type is not told.
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
