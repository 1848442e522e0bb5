import Glibc

/// The lines of a text file of any size, read piece by piece. Thread-bound.
package final class LineReader {
    private let path: String
    private let descriptor: Int32
    private let longestLine: Int
    private var bytes: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    /// Lines so far, with blank ones.
    package private(set) var number = 0

    /// Throws `.noInput` where the file cannot be read.
    package init(_ path: String, longestLine: Int = 1 << 20) throws(LandmarkdError) {
        (self.path, self.longestLine) = (path, longestLine)
        descriptor = openForReading(path)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            throw LandmarkdError(
                .noInput, "\(path): opening: \(systemFault())", remedy: "check the path and its permissions")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw LandmarkdError(.noInput, "\(path): opening: not a regular file", remedy: "give the path of a file")
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The next line without its end, and without a byte order mark; nil after the last one.
    ///
    /// Throws `.unusableData` where it is too long for text, `.inputOutput` where reading fails.
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
        let piece = 1 << 16
        let old = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: piece))
        let count = bytes.withUnsafeMutableBytes { buffer in
            retrying { read(descriptor, buffer.baseAddress! + old, piece) }
        }
        bytes.removeLast(piece - max(0, count))
        guard count >= 0 else { throw LandmarkdError(.inputOutput, "\(path): reading: \(systemFault())") }
        isAtEnd = count == 0
    }
}
