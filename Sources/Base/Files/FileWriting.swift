import Glibc

/// Writes a whole file or nothing: to a temporary neighbour, synced, then renamed over `path`.
///
/// A crash or a full disk leaves the old file as it was. Throws `.cannotCreate` where the file cannot be made,
/// `.inputOutput` where writing fails.
package func writeFile(_ path: String, _ bytes: [UInt8]) throws(LandmarkdError) {
    let temporary = "\(path).\(getpid()).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
        throw LandmarkdError(
            .cannotCreate, "\(path): creating: \(systemFault())", remedy: "check that the folder exists and is writable"
        )
    }
    do throws(LandmarkdError) {
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor, path: path)
        guard fsync(descriptor) == 0 else { throw writeFault(path) }
    } catch {
        unlink(temporary)
        throw error
    }
    guard rename(temporary, path) == 0 else {
        let why = systemFault()
        unlink(temporary)
        throw LandmarkdError(.cannotCreate, "\(path): renaming: \(why)", remedy: "check the path")
    }
}

/// Writes all of `bytes` to an open descriptor; `path` names it in the error (`.inputOutput`).
package func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(LandmarkdError) {
    var written = 0
    while written < bytes.count {
        let count = bytes.withUnsafeBytes { buffer in
            retrying { write(descriptor, buffer.baseAddress! + written, buffer.count - written) }
        }
        guard count > 0 else { throw writeFault(path) }
        written += count
    }
}

private func writeFault(_ path: String) -> LandmarkdError {
    LandmarkdError(.inputOutput, "\(path): writing: \(systemFault())", remedy: "free space on the disk and try again")
}

/// Adds `bytes` to the end of a file, which is made where it lacks. Throws `.cannotCreate` or `.inputOutput`.
package func appendToFile(_ path: String, _ bytes: [UInt8]) throws(LandmarkdError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
        throw LandmarkdError(
            .cannotCreate, "\(path): opening: \(systemFault())", remedy: "check that the folder exists and is writable")
    }
    defer { close(descriptor) }
    try writeAll(bytes, to: descriptor, path: path)
}
