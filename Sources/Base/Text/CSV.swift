/// The cells of a CSV row; those in quotes may hold commas, and two quotes there stand for one.
package func csvCells(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    let (comma, quote) = (UInt8(ascii: ","), UInt8(ascii: "\""))
    guard line.contains(quote) else { return line.split(separator: comma, omittingEmptySubsequences: false) }
    var cells: [ArraySlice<UInt8>] = [[]]
    var isQuoted = false
    var isAfterQuote = false
    for byte in line {
        if byte == quote {
            if isAfterQuote, !isQuoted { cells[cells.count - 1].append(quote) }
            isQuoted.toggle()
            isAfterQuote = !isQuoted
            continue
        }
        isAfterQuote = false
        if byte == comma, !isQuoted { cells.append([]) } else { cells[cells.count - 1].append(byte) }
    }
    return cells
}

/// A CSV row with its line end. Cells with commas, quotes or line ends are quoted; names of files keep every byte.
package func csvRow(_ cells: [String]) -> [UInt8] {
    var row: [UInt8] = []
    for (index, cell) in cells.enumerated() {
        if index > 0 { row.append(UInt8(ascii: ",")) }
        let bytes = cell.pathBytes
        guard bytes.contains(where: { ",\"\r\n".utf8.contains($0) }) else {
            row += bytes
            continue
        }
        let quote = UInt8(ascii: "\"")
        row.append(quote)
        for byte in bytes { row += byte == quote ? [quote, quote] : [byte] }
        row.append(quote)
    }
    return row + [UInt8(ascii: "\n")]
}
