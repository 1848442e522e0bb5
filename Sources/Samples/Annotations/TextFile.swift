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

    /// A byte order mark at the start, as spreadsheets write it, is dropped.
    init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// All bytes, for readers that know no lines.
    var contents: [UInt8] { bytes }

    /// Number of the line that the text ends in.
    var lastLine: Int {
        bytes.dropLast(bytes.last == UInt8(ascii: "\n") ? 1 : 0).count { $0 == UInt8(ascii: "\n") } + 1
    }

    /// Whether the ASCII text stands anywhere in the file.
    func contains(_ text: String) -> Bool {
        let text = Array(text.utf8)
        guard let first = text.first else { return true }
        return bytes.withUnsafeBufferPointer { bytes in
            bytes.indices.contains { bytes[$0] == first && bytes[$0...].starts(with: text) }
        }
    }

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

    /// A finite number in decimal notation; throws naming the line and the text that is none.
    func number(_ field: ArraySlice<UInt8>, line: Int) throws(LandmarkdError) -> Double {
        guard let value = decimalNumber(field) else {
            let text = String(decoding: trimmed(field), as: UTF8.self)
            throw LandmarkdError(
                .unusableData, "\(name):\(line): “\(text.prefix(40))” is not a number",
                remedy: "correct this line or remove it")
        }
        return value
    }

    /// A number that can be a place in a picture, in pixels.
    func coordinate(_ field: ArraySlice<UInt8>, line: Int) throws(LandmarkdError) -> Double {
        let value = try number(field, line: line)
        guard isCoordinate(value) else {
            throw LandmarkdError(
                .unusableData, "\(name):\(line): \(value) is not a coordinate", remedy: "correct this line or remove it"
            )
        }
        return value
    }
}

/// Whether a number can be a place in a picture, in pixels.
func isCoordinate(_ value: Double) -> Bool { abs(value) <= 1e6 }

/// A finite number written with digits, sign, point and exponent; nil for anything else, hexadecimal and names included.
func decimalNumber(_ field: ArraySlice<UInt8>) -> Double? {
    let field = trimmed(field)
    let isDecimal = field.allSatisfy { byte in
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "+-.eE".utf8.contains(byte)
    }
    guard isDecimal, let value = Double(String(decoding: field, as: UTF8.self)), value.isFinite else { return nil }
    return value
}

/// Without blanks, tabs and carriage returns at both ends.
func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    guard let first = text.firstIndex(where: { !isBlank($0) }), let last = text.lastIndex(where: { !isBlank($0) })
    else { return [] }
    return text[first...last]
}
