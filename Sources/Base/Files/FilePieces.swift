import Glibc

/// Bytes that are read piece after piece, each of bounded size. Thread-bound.
package protocol PieceSource: AnyObject {
    /// The next bytes; empty at the end.
    func next() throws(LandmarkdError) -> [UInt8]
}

/// The bytes of a regular file.
package final class FilePieces: PieceSource {
    private static let size = 1 << 16

    private let path: String
    private let descriptor: Int32

    /// Throws `.noInput` where the file cannot be read.
    package init(_ path: String) throws(LandmarkdError) {
        self.path = path
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

    /// Throws `.inputOutput` where reading fails.
    package func next() throws(LandmarkdError) -> [UInt8] {
        var count = 0
        let piece = [UInt8](unsafeUninitializedCapacity: Self.size) { buffer, filled in
            count = retrying { read(descriptor, buffer.baseAddress, buffer.count) }
            filled = max(0, count)
        }
        guard count >= 0 else { throw LandmarkdError(.inputOutput, "\(path): reading: \(systemFault())") }
        return piece
    }
}
