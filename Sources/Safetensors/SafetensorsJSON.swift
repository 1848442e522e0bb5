/// The part of JSON that a safetensors header may hold: objects, arrays, strings and whole numbers from 0.
indirect enum SafetensorsJSON: Equatable {
    case object([Member])
    case array([SafetensorsJSON])
    case string(String)
    case integer(Int)

    struct Member: Equatable {
        let key: String
        let value: SafetensorsJSON
    }

    /// Why and at which byte of the header the text is no such JSON.
    struct Fault: Error, Equatable {
        let offset: Int
        let why: String
    }

    /// Parses all of `text`; spaces may follow. Refuses duplicate keys, bad UTF-8 and nesting deeper than 8.
    static func parse(_ text: ArraySlice<UInt8>) throws(Fault) -> SafetensorsJSON {
        var parser = Parser(text: text, position: text.startIndex)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == text.endIndex else { throw parser.fault("more text after the end") }
        return value
    }
}

private struct Parser {
    typealias JSON = SafetensorsJSON
    typealias Fault = SafetensorsJSON.Fault
    static let deepest = 8

    let text: ArraySlice<UInt8>
    var position: Int

    func fault(_ why: String) -> Fault { Fault(offset: position - text.startIndex, why: why) }

    var current: UInt8? { position < text.endIndex ? text[position] : nil }

    mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard current == byte else { return false }
        position += 1
        return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(Fault) {
        guard take(UInt8(ascii: character)) else { throw fault("'\(character)' expected") }
    }

    mutating func value(depth: Int) throws(Fault) -> JSON {
        guard depth < Self.deepest else { throw fault("nested deeper than \(Self.deepest)") }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .integer(try integer())
        case nil: throw fault("ends too early")
        default: throw fault("an object, array, string or whole number expected")
        }
    }

    mutating func members(depth: Int) throws(Fault) -> [JSON.Member] {
        try expect("{")
        var members: [JSON.Member] = []
        var known: Set<String> = []
        if take(UInt8(ascii: "}")) { return members }
        repeat {
            skipSpace()
            let key = try string()
            guard known.insert(key).inserted else { throw fault("key '\(key)' twice") }
            try expect(":")
            members.append(JSON.Member(key: key, value: try value(depth: depth + 1)))
        } while take(UInt8(ascii: ","))
        try expect("}")
        return members
    }

    mutating func elements(depth: Int) throws(Fault) -> [JSON] {
        try expect("[")
        var elements: [JSON] = []
        if take(UInt8(ascii: "]")) { return elements }
        repeat { elements.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
        try expect("]")
        return elements
    }

    mutating func integer() throws(Fault) -> Int {
        let start = position
        var number = 0
        while let byte = current, case UInt8(ascii: "0")...UInt8(ascii: "9") = byte {
            let (tens, over) = number.multipliedReportingOverflow(by: 10)
            let (sum, beyond) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
            guard !over, !beyond else { throw fault("number too large") }
            number = sum
            position += 1
        }
        guard position == start + 1 || text[start] != UInt8(ascii: "0") else { throw fault("number starts with 0") }
        return number
    }

    mutating func string() throws(Fault) -> String {
        guard current == UInt8(ascii: "\"") else { throw fault("'\"' expected") }
        position += 1
        var bytes: [UInt8] = []
        while let byte = current, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw fault("control character in a string") }
            position += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &bytes) } else { bytes.append(byte) }
        }
        guard current != nil else { throw fault("string without end") }
        guard let string = String(validating: bytes, as: UTF8.self) else { throw fault("string is not UTF-8") }
        position += 1
        return string
    }

    mutating func escape(into bytes: inout [UInt8]) throws(Fault) {
        guard let letter = current else { throw fault("string without end") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes.append(contentsOf: UTF8.encode(try scalar())!)
        default: throw fault("unknown escape")
        }
    }

    /// The scalar of `\uXXXX`, of two such where the first is half of a pair.
    mutating func scalar() throws(Fault) -> Unicode.Scalar {
        let first = try hexadecimal()
        var code = first
        if 0xD800...0xDBFF ~= first {
            guard text[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else {
                throw fault("half of a surrogate pair")
            }
            position += 2
            let second = try hexadecimal()
            guard 0xDC00...0xDFFF ~= second else { throw fault("half of a surrogate pair") }
            code = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair") }
        return scalar
    }

    mutating func hexadecimal() throws(Fault) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("four hexadecimal digits expected")
            }
            code = code << 4 + UInt32(digit)
            position += 1
        }
        return code
    }
}
