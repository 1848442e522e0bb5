import Glibc

/// A folder of its own, removed at the end.
final class Scratch {
    let path: String

    init() {
        var template = Array("/tmp/landmarkd-capture-XXXXXX".utf8CString)
        path = String(cString: mkdtemp(&template)!)
    }

    deinit { remove(path) }

    func file(_ name: String) -> String { path + "/" + name }

    @discardableResult func write(_ bytes: [UInt8], _ name: String) -> String {
        let file = fopen(file(name), "wb")!
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        return self.file(name)
    }

    private func remove(_ path: String) {
        for name in names(in: path) { remove(path + "/" + name) }
        Glibc.remove(path)
    }

    private func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

/// All bytes of a file.
func bytes(of path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var all: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&block, 1, block.count, file), count > 0 { all += block[..<count] }
    return all
}

/// The shared data folder beside the repository, where there is one.
let sharedData: String? = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = "/" + package + "/../shared/data"
    return access(path + "/annotations.csv", R_OK) == 0 ? path : nil
}()
