import Base
import Glibc

/// Where a file grows until it is whole.
func partialPath(_ path: String) -> String { path + ".partial" }

/// Writes the bytes to `PATH.partial` and renames it. Throws `cannotCreate` or `inputOutput`.
func writeWhole(_ bytes: [UInt8], to path: String) throws(LandmarkdError) {
    let partial = partialPath(path)
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw cannotCreate(partial, errno) }
    var failure: Int32 = 0
    var written = 0
    while written < bytes.count, failure == 0 {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, bytes.count - written) }
        if count >= 0 { written += count } else if errno != EINTR { failure = errno }
    }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    guard failure == 0 else { throw writeFailed(partial, failure) }
    try finishPartial(path)
}

/// Gives a whole `PATH.partial` its name.
func finishPartial(_ path: String) throws(LandmarkdError) {
    guard rename(partialPath(path), path) == 0 else { throw cannotCreate(path, errno) }
}

func cannotCreate(_ path: String, _ code: Int32) -> LandmarkdError {
    LandmarkdError(
        .cannotCreate, "\(path): creating: \(String(cString: strerror(code)))",
        remedy: "name a folder that exists and that this user may write to")
}

func writeFailed(_ path: String, _ code: Int32) -> LandmarkdError {
    LandmarkdError(
        .inputOutput, "\(path): writing: \(String(cString: strerror(code)))",
        remedy: code == ENOSPC ? "free space on that disk" : "check the disk")
}
