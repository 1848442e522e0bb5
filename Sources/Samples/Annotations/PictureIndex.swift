import Base
import Capture
import Glibc

/// Picture files of a folder and the folders inside it, found by the names that annotations give them.
///
/// Where several pictures fit a name, the one with the most pixels is taken, and of equally large ones a JPEG before other
/// formats: thumbnails are smaller than what was annotated, masks and depth maps of the same size are stored without loss.
struct PictureIndex {
    static let endings: Set<String> = ["jpg", "jpeg", "png", "bmp", "webp", "pgm", "ppm", "tif", "tiff"]

    private let root: String
    private var byStem: [String: [String]] = [:]
    private var byName: [String: [String]] = [:]
    /// Warnings about pictures that were looked up.
    private(set) var warnings: [DataWarning] = []

    /// - Parameter files: paths inside `root`, pictures or not.
    init(root: String, files: [String]) {
        self.root = root
        for file in files {
            let (stem, ending) = splitEnding(file)
            guard Self.endings.contains(ending) else { continue }
            byStem[String(stem), default: []].append(file)
            for name in Set([file.fileName, String(stem).fileName]) { byName[name, default: []].append(file) }
        }
    }

    /// Path of the picture in the same folder with the name of `file` apart from the ending.
    mutating func beside(_ file: String) -> String? {
        choose(byStem[String(splitEnding(file).stem)] ?? [], for: file)
    }

    /// Path of the picture of this name, with or without its ending, in any folder.
    mutating func named(_ name: String, in file: String) -> String? {
        choose(byName[name] ?? byName[String(splitEnding(name).stem)] ?? [], for: file)
    }

    /// Path of the picture that a list names by `path`: from the list's folder, else from any folder of the tree.
    ///
    /// - Parameter list: path of the list, inside the root.
    mutating func find(_ path: String, in list: String) -> String? {
        let path = path.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "/")
        if path.hasPrefix("/") { return access(path, F_OK) == 0 ? path : nil }
        let folder = list.lastIndex(of: "/").map { list[...$0] } ?? ""
        let direct = "\(root)/\(folder)\(path)"
        if access(direct, F_OK) == 0 { return direct }
        let steps = path.split(separator: "/").drop { $0 == "." || $0 == ".." }.joined(separator: "/")
        let ending = "/" + steps
        return choose((byName[steps.fileName] ?? []).filter { "/\($0)".hasSuffix(ending) }, for: list)
    }

    private mutating func choose(_ candidates: [String], for source: String) -> String? {
        guard candidates.count > 1 else { return candidates.first.map { "\(root)/\($0)" } }
        let sizes = candidates.map { (path: $0, pixels: Self.pixels("\(root)/\($0)")) }
        guard let best = sizes.min(by: { Self.rank($0) < Self.rank($1) }) else { return nil }
        let others = candidates.filter { $0 != best.path }.joined(separator: ", ")
        warnings.append(
            DataWarning(.ambiguousPicture, "\(root)/\(source): \(best.path) is taken for its picture, not \(others)"))
        return "\(root)/\(best.path)"
    }

    /// Larger pictures first, then JPEGs, then by name.
    private static func rank(_ picture: (path: String, pixels: Int)) -> (Int, Int, String) {
        let isJPEG = ["jpg", "jpeg"].contains(splitEnding(picture.path).ending)
        return (-picture.pixels, isJPEG ? 0 : 1, picture.path)
    }

    /// 0 for a file that is no picture.
    private static func pixels(_ path: String) -> Int {
        guard let frame = try? readStill(path) else { return 0 }
        return frame.width * frame.height
    }
}

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
