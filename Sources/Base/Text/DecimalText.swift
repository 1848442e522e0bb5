/// A whole number in decimal digits, such as 12 or -3.
///
/// Nil for any other form, such as 012, 0x1F, 1_000, 1:30 or +5, and for what an `Int` cannot hold. The forms are narrower
/// than Swift's own and YAML's: a number that two readers take for different values is refused.
package func wholeNumber(_ text: String) -> Int? { isDecimal(text, allowingFraction: false) ? Int(text) : nil }

/// A finite number in decimal digits, such as 12, -0.5 or 3e-4. Nil for any other form, as in `wholeNumber`.
package func decimalNumber(_ text: String) -> Double? {
    guard isDecimal(text, allowingFraction: true), let number = Double(text), number.isFinite else { return nil }
    return number
}

/// As JSON writes numbers: no plus sign, no leading zeros, digits on both sides of a point.
private func isDecimal(_ text: String, allowingFraction: Bool) -> Bool {
    var rest = text.utf8[...]
    func digits() -> Int { rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count }
    func take(_ signs: UInt8...) -> Bool {
        guard let first = rest.first, signs.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }
    _ = take(UInt8(ascii: "-"))
    let whole = digits()
    guard whole > 0, whole == 1 || rest.first != UInt8(ascii: "0") else { return false }
    rest = rest.dropFirst(whole)
    guard allowingFraction else { return rest.isEmpty }
    if take(UInt8(ascii: ".")) {
        guard digits() > 0 else { return false }
        rest = rest.dropFirst(digits())
    }
    if take(UInt8(ascii: "e"), UInt8(ascii: "E")) {
        _ = take(UInt8(ascii: "-"), UInt8(ascii: "+"))
        guard digits() > 0 else { return false }
        rest = rest.dropFirst(digits())
    }
    return rest.isEmpty
}
