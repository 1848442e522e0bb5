import Base
import Glibc

/// A file that may hold pictures, sorted by its name's ending; whether it does shows when it is opened.
package struct MediaFile: Sendable, Equatable {
    package let path: String
    /// For `readStill`; else for `VideoReader`.
    package let isStill: Bool

    package init(path: String) {
        self.path = path
        isStill = Self.stillEndings.contains(Self.ending(of: path))
    }

    static let stillEndings: Set<String> = [
        "jpg", "jpeg", "jpe", "png", "bmp", "webp", "pgm", "ppm", "pnm", "pbm", "pam", "tif", "tiff",
    ]
    static let videoEndings: Set<String> = [
        "mp4", "m4v", "mov", "mkv", "webm", "avi", "gif", "mpg", "mpeg", "m2ts", "mts", "ts", "vob", "flv", "wmv",
        "asf", "ogv", "ogg", "3gp", "3g2", "mj2", "mxf", "nut", "ivf", "y4m", "h264", "264", "hevc", "h265", "265",
        "mjpeg",
        "mjpg", "dv", "apng",
    ]

    static func ending(of path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
}

/// Files and folders as given on a command line to files, in that order; a folder's own videos and stills sorted by
/// name, hidden files and folders inside it left out. A file that was named is kept whatever its ending.
///
/// Throws `noInput` where an input is missing or a folder unreadable, `unusableData` where a folder holds neither.
package func mediaFiles(in inputs: [String]) throws(LandmarkdError) -> [MediaFile] {
    var files: [MediaFile] = []
    for input in inputs {
        var status = stat()
        guard stat(input, &status) == 0 else { throw unreadable(input, errno) }
        if status.st_mode & S_IFMT == S_IFDIR {
            files += try mediaFiles(inFolder: input)
        } else {
            files.append(MediaFile(path: input))
        }
    }
    return files
}

private func mediaFiles(inFolder folder: String) throws(LandmarkdError) -> [MediaFile] {
    let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let known = MediaFile.stillEndings.union(MediaFile.videoEndings)
    let files = try names(inFolder: folder).filter { !$0.hasPrefix(".") && known.contains(MediaFile.ending(of: $0)) }
        .sorted().map { MediaFile(path: base + "/" + $0) }.filter { isFile($0.path) }
    guard !files.isEmpty else {
        throw LandmarkdError(
            .unusableData, "\(folder): no videos or pictures in this folder",
            remedy: "name the files, or the folder that holds them (folders inside it are not searched)")
    }
    return files
}

private func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
}

/// Names of what lies in a folder, "." and ".." among them, in no order.
func names(inFolder path: String) throws(LandmarkdError) -> [String] {
    guard let folder = opendir(path) else { throw unreadable(path, errno) }
    defer { closedir(folder) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        names.append(name)
        errno = 0
    }
    guard errno == 0 else { throw unreadable(path, errno) }
    return names
}
