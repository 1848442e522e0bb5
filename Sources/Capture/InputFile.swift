import Base
import Glibc

/// Bytes of a readable file. Throws `noInput` where it is missing, unreadable or a folder, `unusableData` where empty.
func checkedInputSize(_ path: String) throws(LandmarkdError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw unreadable(path, errno) }
    if status.st_mode & S_IFMT == S_IFDIR { throw unreadable(path, EISDIR) }
    guard access(path, R_OK) == 0 else { throw unreadable(path, errno) }
    if status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 {
        throw LandmarkdError(.unusableData, "\(path): the file is empty", remedy: "record or copy it anew")
    }
    return Int(status.st_size)
}

/// The error of a file that cannot be opened, listed or read, from errno.
func unreadable(_ path: String, _ code: Int32) -> LandmarkdError {
    let remedy =
        switch code {
        case ENOENT, ENOTDIR: "check the path"
        case EACCES, EPERM: "allow this user to read it (chmod, chown)"
        case EISDIR: "name a file in that folder"
        default: "check the disk"
        }
    let isReading = code == EIO
    return LandmarkdError(
        isReading ? .inputOutput : .noInput, "\(path.withoutCredentials): opening: \(systemFault(code))",
        remedy: remedy)
}
