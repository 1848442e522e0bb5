/// A JSON value to be written: members in the order they are given in, numbers with a set number of digits.
///
/// Written as literals, where a member without a value is left out: `["name": .string(name), "rate": rate.map { .decimal($0, 2) }]`.
package enum JSON: Sendable {
    package typealias Member = (key: String, value: JSON)

    case null
    case boolean(Bool)
    case integer(Int)
    /// A number and how many digits follow its point, 0 to 6.
    case decimal(Double, Int)
    case string(String)
    case array([JSON])
    case object([Member])

    /// The members of `other` follow those of this object.
    package func appending(_ other: JSON?) -> JSON {
        guard case .object(let members) = self, case .object(let others)? = other else { return self }
        return .object(members + others)
    }

    /// Without spaces or line ends.
    package var text: String {
        var text = TextBuffer()
        text.append(self)
        return String(decoding: text.bytes, as: UTF8.self)
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    package init(dictionaryLiteral members: (String, JSON?)...) {
        self = .object(members.compactMap { key, value in value.map { (key, $0) } })
    }

    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
}

extension TextBuffer {
    package mutating func append(_ json: JSON) {
        switch json {
        case .null: append("null")
        case .boolean(let value): append(value ? "true" : "false")
        case .integer(let number): append(number)
        case .decimal(let number, let digits): append(number, decimals: digits)
        case .string(let text): append(text.jsonQuoted)
        case .array(let elements):
            append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { append(",") }
                append(element)
            }
            append("]")
        case .object(let members):
            append("{")
            for (index, member) in members.enumerated() {
                if index > 0 { append(",") }
                append(member.key.jsonQuoted)
                append(":")
                append(member.value)
            }
            append("}")
        }
    }
}

extension String {
    /// The string as a JSON string, quotes included.
    package var jsonQuoted: String {
        var quoted = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..."\u{1F}":
                let code = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
