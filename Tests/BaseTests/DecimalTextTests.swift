import Base
import Testing

@Suite struct DecimalTextTests {
    @Test(arguments: [("0", 0), ("12", 12), ("-3", -3), ("9223372036854775807", Int.max)])
    func wholeNumbersAreDecimalDigits(text: String, value: Int) { #expect(wholeNumber(text) == value) }

    @Test(arguments: [
        "", "-", "012", "00", "-01", "+5", "0x1F", "0o7", "0b1", "1_000", "1:30", "1.0", "1e3", " 1", "1 ", "١٢",
        "9223372036854775808", "nan", "1\0",
    ])
    func otherFormsAreNoWholeNumbers(text: String) { #expect(wholeNumber(text) == nil) }

    @Test(arguments: [("0", 0), ("29.97", 29.97), ("-0.5", -0.5), ("3e-4", 3e-4), ("1E+2", 100), ("0.0", 0)])
    func numbersAreDecimalDigits(text: String, value: Double) { #expect(decimalNumber(text) == value) }

    @Test(arguments: [
        "", ".5", "5.", "1.e3", "1e", "012.5", "+1.5", "0x1p3", ".inf", "inf", ".nan", "nan", "1_0.5", "1:30", "1e999",
        "1,5",
    ])
    func otherFormsAreNoNumbers(text: String) { #expect(decimalNumber(text) == nil) }
}

@Suite struct TextBufferTests {
    @Test(arguments: [
        (0.0, 3, "0.000"), (-0.0005, 3, "0.000"), (1.0005, 3, "1.000"), (-2.5, 0, "-2"),
        (999_999_999_999.5, 1, "999999999999.5"),
        (1e12, 3, "1000000000000.0"), (-1e300, 6, "-1e+300"), (Double.nan, 3, "null"), (.infinity, 0, "null"),
        (-.infinity, 6, "null"),
    ])
    func anyNumberCanBeWritten(value: Double, decimals: Int, text: String) { #expect(decimal(value, decimals) == text) }

    @Test func wholeNumbersAreWrittenUpToTheLast() {
        var text = TextBuffer()
        text.append(Int.min)
        #expect(String(decoding: text.bytes, as: UTF8.self) == "-9223372036854775808")
    }
}
