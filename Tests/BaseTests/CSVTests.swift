import Testing

@testable import Base

@Suite struct CSVTests {
    @Test(arguments: [
        ["a", "b"], ["a,b", "c"], ["say \"no\"", ""], ["", ""], ["M\u{FC}ller", " outer blanks "], ["a\rb"],
    ]) func rowsAreReadAsTheyWereWritten(cells: [String]) {
        let row = csvRow(cells)
        #expect(row.last == UInt8(ascii: "\n"))
        #expect(csvCells(row.dropLast()).map { String(pathBytes: $0) } == cells)
    }

    @Test func onlyWhatNeedsQuotesHasThem() {
        #expect(String(decoding: csvRow(["a b", "c,d", "e\"f"]), as: UTF8.self) == "a b,\"c,d\",\"e\"\"f\"\n")
    }

    @Test func namesThatAreNotUTF8KeepTheirBytes() {
        let name: [UInt8] = [0x61, 0xE4, 0x2C]
        #expect(csvRow([String(pathBytes: name)]) == Array("\"".utf8) + name + Array("\"\n".utf8))
    }
}
