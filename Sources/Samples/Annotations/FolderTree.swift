import Base
import Glibc

/// Paths of the regular files in a folder and the folders inside it, relative to it, sorted; hidden ones left out.
///
/// Throws `noInput` where the folder is missing or cannot be listed.
package func filesInTree(_ root: String, depth: Int = 8) throws(LandmarkdError) -> [String] {
    var files: [String] = []
    try visit(root, "", depth, &files)
    return files.sorted()
}

private func visit(_ root: String, _ prefix: String, _ depth: Int, _ files: inout [String]) throws(LandmarkdError) {
    let path = prefix.isEmpty ? root : root + "/" + prefix
    guard let folder = path.withSystemPath({ opendir($0) }) else {
        throw LandmarkdError(
            .noInput, "\(path): listing: \(String(cString: strerror(errno)))",
            remedy: "check the path and its permissions")
    }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(systemPath: $0) }
        }
        if name.hasPrefix(".") { continue }
        let inner = prefix.isEmpty ? name : prefix + "/" + name
        guard let identity = FileIdentity(path: root + "/" + inner) else { continue }
        if identity.isFolder {
            if depth > 0 { try visit(root, inner, depth - 1, &files) }
        } else if identity.isRegular {
            files.append(inner)
        }
    }
}

/// "a/b.c.jpg" → ("a/b.c", "jpg").
func splitEnding(_ path: String) -> (stem: Substring, ending: String) {
    guard let dot = path.lastIndex(of: "."), !path[dot...].contains("/") else { return (path[...], "") }
    return (path[..<dot], path[path.index(after: dot)...].lowercased())
}
