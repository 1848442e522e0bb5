import Base
import Glibc

/// Where a file grows until it is whole.
func partialPath(_ path: String) -> String { path + ".partial" }

/// Gives a whole `PATH.partial` its name. Throws `cannotCreate`.
func finishPartial(_ path: String) throws(LandmarkdError) {
    guard rename(partialPath(path), path) == 0 else { throw cannotCreate(path, errno) }
}

func cannotCreate(_ path: String, _ code: Int32) -> LandmarkdError {
    LandmarkdError(
        .cannotCreate, "\(path): creating: \(systemFault(code))",
        remedy: "name a folder that exists and that this user may write to")
}
