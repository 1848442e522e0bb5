import Glibc

/// Writes a whole file or nothing: to a temporary neighbour, synced, then renamed over `path`.
///
/// A crash or a full disk leaves the old file as it was. What `path` leads to and is not a regular file is written to in
/// place, as `OutputFile` says. Throws `.cannotCreate` or `.noPermission` where the file cannot be made, `.inputOutput`
/// where writing fails.
package func writeFile(_ path: String, _ bytes: [UInt8]) throws(LandmarkdError) {
    let output = try OutputFile(path, partialEnding: ".\(getpid()).partial")
    let descriptor = try output.open()
    do throws(LandmarkdError) {
        defer { close(descriptor) }
        try writeAll(bytes, to: descriptor, path: path, patience: .infinity)
        guard output.isSpecial || fsync(descriptor) == 0 else { throw writeFault(path) }
        try output.commit()
    } catch {
        output.discard()
        throw error
    }
}

/// Writes all of `bytes` to an open descriptor; `path` names it in the error (`.inputOutput`). `patience` as in
/// `writePatiently`: by default a non-blocking descriptor that takes no more is a failure.
package func writeAll(
    _ bytes: [UInt8], to descriptor: Int32, path: String, patience: Double = 0
) throws(LandmarkdError) {
    var written = 0
    while written < bytes.count {
        let count = writePatiently(descriptor, bytes[written...], patience: patience)
        guard count > 0 else { throw writeFault(path) }
        written += count
    }
}

/// write(2), repeated where a signal interrupted it. Where a pipe, a socket or a terminal takes no more it waits for up
/// to `patience` seconds, or until the program is asked to end; −1 with errno where it failed.
package func writePatiently(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>, patience: Double) -> Int {
    let deadline = monotonicSeconds() + patience
    while true {
        let count = bytes.withUnsafeBytes { buffer in
            retrying { write(descriptor, buffer.baseAddress, buffer.count) }
        }
        guard count < 0, errno == EAGAIN else { return count }
        if Interruption.isAsked || monotonicSeconds() >= deadline { return -1 }
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, 100)
    }
}

private func writeFault(_ path: String) -> LandmarkdError {
    let code = errno
    return LandmarkdError(.inputOutput, "\(path): writing: \(systemFault(code))", remedy: writingRemedy(code))
}

/// What to do where write(2), fsync(2) or close(2) failed, by default with the last call's errno.
package func writingRemedy(_ code: Int32 = errno) -> String {
    switch code {
    case ENOSPC, EDQUOT: "free space there, or write to another disk"
    case EFBIG: "raise the limit on the size of files (ulimit -f), or write less"
    case EPIPE, ECONNRESET, ENOTCONN: "keep the program that reads from it running until all is written"
    case EBADF: "open this descriptor for writing, as in 'landmarkd … 3>FILE'"
    case EAGAIN: "let the program that reads from it read faster"
    case EROFS, EACCES, EPERM: "make it writable, or write elsewhere"
    default: "check the disk, the device or the network mount, and try again"
    }
}

/// Adds `bytes` to the end of a file, which is created if missing, and waits until they are on the disk where `synced`.
///
/// Throws `.cannotCreate` or `.inputOutput`.
package func appendToFile(_ path: String, _ bytes: [UInt8], synced: Bool = false) throws(LandmarkdError) {
    let descriptor = path.withSystemPath { open($0, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else {
        throw LandmarkdError(
            .cannotCreate, "\(path): opening: \(systemFault())", remedy: "check that the folder exists and is writable")
    }
    defer { close(descriptor) }
    try writeAll(bytes, to: descriptor, path: path, patience: .infinity)
    guard !synced || fdatasync(descriptor) == 0 else { throw writeFault(path) }
}

/// `path` with a slash at the end, created if missing; "" (the current folder) for nil.
///
/// Throws `.cannotCreate` or `.noPermission`.
package func makeFolder(_ path: String?) throws(LandmarkdError) -> String {
    guard let path else { return "" }
    if FileIdentity(path: path)?.isFolder != true, path.withSystemPath({ mkdir($0, 0o777) }) != 0 {
        let code = errno
        // Another thread or program may have made it meanwhile.
        guard code == EEXIST, FileIdentity(path: path)?.isFolder == true else {
            throw LandmarkdError(
                code == EACCES ? .noPermission : .cannotCreate,
                "\(path): creating the folder: \(systemFault(code))",
                remedy: "name a folder whose parent exists and that you may write to")
        }
    }
    return path.hasSuffix("/") ? path : path + "/"
}

/// Creates the missing ones of the folders that `path` lies in. Throws `.cannotCreate` or `.noPermission`.
package func makeFolders(above path: String) throws(LandmarkdError) {
    var parent = path.folderPart
    while parent.hasSuffix("/") { parent.removeLast() }
    if parent.isEmpty || FileIdentity(path: parent)?.isFolder == true { return }
    try makeFolders(above: parent)
    _ = try makeFolder(parent)
}
