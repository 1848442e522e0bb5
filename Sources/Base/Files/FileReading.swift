import Glibc

/// All bytes of a regular file. Nothing is allocated before its size is known to be at most `limit` bytes.
///
/// Throws `.noInput` where the file is missing, unreadable or no regular file, `.unusableData` where it is larger than
/// `limit`, `.inputOutput` where reading fails.
package func readFile(_ path: String, atMost limit: Int) throws(LandmarkdError) -> [UInt8] {
    let descriptor = openForReading(path)
    guard descriptor >= 0 else {
        throw LandmarkdError(
            .noInput, "\(path): opening: \(systemFault())", remedy: "check the path and its permissions")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
        throw LandmarkdError(.inputOutput, "\(path): asking for its size: \(systemFault())")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
        throw LandmarkdError(.noInput, "\(path): opening: not a regular file", remedy: "give the path of a file")
    }
    let size = Int(status.st_size)
    guard size <= limit else {
        throw LandmarkdError(
            .unusableData, "\(path): \(size) bytes: larger than the \(limit) that such a file can have",
            remedy: "check that this is the right file")
    }
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
        let count = bytes.withUnsafeMutableBytes { buffer in
            retrying { read(descriptor, buffer.baseAddress! + filled, size - filled) }
        }
        guard count >= 0 else { throw LandmarkdError(.inputOutput, "\(path): reading: \(systemFault())") }
        if count == 0 { break }  // became shorter while we read
        filled += count
    }
    bytes.removeLast(size - filled)
    return bytes
}

/// open(2) for reading that never waits for a pipe's writer: −1 with errno where it failed.
///
/// What is not a regular file stays non-blocking. A socket that this process has as a descriptor (`/dev/stdin`), which
/// cannot be opened by its name, is duplicated.
package func openForReading(_ path: String) -> Int32 {
    let descriptor = path.withSystemPath { open($0, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) }
    guard descriptor < 0, errno == ENXIO, let own = OutputFile.ownDescriptor(path) else { return descriptor }
    return fcntl(own, F_DUPFD_CLOEXEC, 3)
}

/// Whether there is a file at `path` that may be read.
package func isReadable(_ path: String) -> Bool { path.withSystemPath { access($0, R_OK) } == 0 }
