import Glibc

/// `path` with a slash at the end, created if missing; "" (the current folder) for nil.
///
/// Throws `.cannotCreate` or `.noPermission`.
package func makeFolder(_ path: String?) throws(LandmarkdError) -> String {
    guard let path else { return "" }
    if FileIdentity(path: path)?.isFolder != true, path.withSystemPath({ mkdir($0, 0o777) }) != 0 {
        throw LandmarkdError(
            errno == EACCES ? .noPermission : .cannotCreate, "\(path): creating the folder: \(systemFault())",
            remedy: "name a folder whose parent exists and that you may write to")
    }
    return path.hasSuffix("/") ? path : path + "/"
}
