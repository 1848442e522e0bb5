import Base

/// Lines of a text file and their fields, as bytes, with numbers checked.
struct TextFile {
    /// For messages.
    let name: String
    private let bytes: [UInt8]

    /// Annotation tables of a million faces stay below this.
    static let limit = 4 << 30

    init(_ path: String) throws(LandmarkdError) {
        self.init(name: path, bytes: try readFile(path, atMost: Self.limit))
    }

    init(name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }

    /// Number (from 1) and bytes of each line that is not blank, without line ends and outer blanks.
    func lines() -> [(number: Int, text: ArraySlice<UInt8>)] {
        var lines: [(number: Int, text: ArraySlice<UInt8>)] = []
        var start = 0
        var number = 1
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let text = trimmed(bytes[start..<end])
            if !text.isEmpty { lines.append((number, text)) }
            start = end + 1
            number += 1
        }
        return lines
    }

    /// A finite number; throws naming the line and the text that is none.
    func number(_ field: ArraySlice<UInt8>, line: Int) throws(LandmarkdError) -> Double {
        let text = String(decoding: trimmed(field), as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw LandmarkdError(
                .unusableData, "\(name):\(line): “\(text.prefix(40))” is not a number",
                remedy: "correct this line or remove it")
        }
        return value
    }
}

/// Without blanks, tabs and carriage returns at both ends.
func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    guard let first = text.firstIndex(where: { !isBlank($0) }), let last = text.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return text[first...last]
}
