import Base
import Glibc

/// The kernel's number for the nodes of V4L2.
private let videoMajor: UInt = 81

/// Bytes of a readable file, 0 for a pipe and the like. Throws `noInput` where it is missing, unreadable, a folder or a
/// camera, `unusableData` where empty.
func checkedInputSize(_ path: String) throws(LandmarkdError) -> Int {
    var status = stat()
    guard path.withSystemPath({ stat($0, &status) }) == 0 else { throw unreadable(path, errno) }
    if status.st_mode & S_IFMT == S_IFDIR { throw unreadable(path, EISDIR) }
    if status.st_mode & S_IFMT == S_IFCHR, UInt(status.st_rdev) >> 8 & 0xFFF == videoMajor {
        throw LandmarkdError(
            .noInput, "\(path): a camera, not a recording", remedy: "landmarkd serve --source \(path)")
    }
    guard isReadable(path) else { throw unreadable(path, errno) }
    if status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 {
        throw LandmarkdError(.unusableData, "\(path): the file is empty", remedy: "record or copy it again")
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

/// The error of a picture whose format this FFmpeg does not read.
func unreadable(_ path: String, _ format: PictureSignature.Foreign) -> LandmarkdError {
    LandmarkdError(
        .unusableData, "\(path): \(format.name), which this FFmpeg does not read",
        remedy: "convert it: \(format.conversion)")
}
