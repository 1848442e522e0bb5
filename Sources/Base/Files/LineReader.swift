/// The lines of a text file of any size, read piece by piece. Thread-bound.
package final class LineReader {
    private let path: String
    private let source: any PieceSource
    private let longestLine: Int
    private var bytes: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// Lines so far, with blank ones.
    package private(set) var number = 0

    /// Throws `.noInput` where the file cannot be read.
    package convenience init(_ path: String, longestLine: Int = 1 << 20) throws(LandmarkdError) {
        self.init(path, try FilePieces(path), longestLine: longestLine)
    }

    /// The text that `source` gives; `path` names it in messages.
    package init(_ path: String, _ source: any PieceSource, longestLine: Int = 1 << 20) {
        (self.path, self.source, self.longestLine) = (path, source, longestLine)
    }

    /// The next line without its end, and without a byte order mark; nil after the last one.
    ///
    /// Throws `.unusableData` where it is too long for text, and what the source throws.
    package func next() throws(LandmarkdError) -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return line(start..<end)
            }
            guard !isAtEnd else {
                guard start < bytes.count else { return nil }
                defer { start = bytes.count }
                return line(start..<bytes.count)
            }
            bytes.removeFirst(start)
            (searched, start) = (bytes.count, 0)
            guard bytes.count < longestLine else {
                throw LandmarkdError(
                    .unusableData, "\(path):\(number + 1): a line of more than \(longestLine) bytes",
                    remedy: "check that this is a text file")
            }
            try fill()
        }
    }

    private func line(_ range: Range<Int>) -> ArraySlice<UInt8> {
        number += 1
        var line = bytes[range]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        return line
    }

    private func fill() throws(LandmarkdError) {
        let piece = try source.next()
        bytes += piece
        isAtEnd = piece.isEmpty
    }
}
