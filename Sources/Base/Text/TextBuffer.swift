/// A buffer of text for a file: numbers are written without locale, allocation or Foundation.
package struct TextBuffer {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    package mutating func append(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func append(_ text: TextBuffer) { bytes.append(contentsOf: text.bytes) }

    package mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    package mutating func append(bytes: [UInt8]) { self.bytes += bytes }

    package mutating func append(_ number: Int) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(number.magnitude, atLeast: 1)
    }

    /// `value` rounded to `decimals` digits (0 to 6) after the point, ties to even.
    ///
    /// From 10¹² on it is written as Swift does, "1e+20", and what is no number as "null": JSON as well as readers of tables know both.
    package mutating func append(_ value: Double, decimals: Int) {
        guard abs(value) < 1e12 else { return append(value.isFinite ? "\(value)" : "null") }
        let power = Self.powers[decimals]
        let scaled = Int((value * Double(power)).rounded(.toNearestOrEven))
        if scaled < 0 { bytes.append(UInt8(ascii: "-")) }
        let (whole, part) = scaled.magnitude.quotientAndRemainder(dividingBy: power)
        appendDigits(whole, atLeast: 1)
        if decimals == 0 { return }
        bytes.append(UInt8(ascii: "."))
        appendDigits(part, atLeast: decimals)
    }

    private static let powers: [UInt] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]

    private mutating func appendDigits(_ number: UInt, atLeast count: Int) {
        let start = bytes.count
        var rest = number
        while rest > 0 || bytes.count - start < count {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(digit))
            rest = quotient
        }
        bytes[start...].reverse()
    }
}

/// `value` with `decimals` digits after the point.
package func decimal(_ value: Double, _ decimals: Int) -> String {
    var text = TextBuffer()
    text.append(value, decimals: decimals)
    return String(decoding: text.bytes, as: UTF8.self)
}
