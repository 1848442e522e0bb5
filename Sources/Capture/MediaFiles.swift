import Base
import Glibc

/// A file that may hold pictures, sorted by its name's ending; whether it does shows when it is opened. An animated PNG,
/// and a GIF by whatever name, is a video.
package struct MediaFile: Sendable, Equatable {
    package let path: String
    /// For `readStill`; else for `VideoReader`.
    package let isStill: Bool
    /// A sequence of stills; the path is a folder or a pattern, as `PictureSequence` takes it.
    package let isSequence: Bool

    /// Of a sequence where `isSequence`.
    package init(path: String, isSequence: Bool = false) {
        (self.path, self.isSequence) = (path, isSequence)
        isStill = !isSequence && Self.stillEndings.contains(Self.ending(of: path)) && !PictureSignature.isAnimated(path)
    }

    /// What a table of it is called, without the format's ending.
    package var tableStem: String { isSequence ? PictureSequence.name(path) : path.fileStem }

    /// Standard input. Throws `usage` where that is a terminal.
    package static func standardInput() throws(LandmarkdError) -> MediaFile {
        guard isatty(STDIN_FILENO) == 0 else {
            throw LandmarkdError(
                .usage, "-: standard input is a terminal",
                remedy: "send it a video: ffmpeg … -f matroska - | landmarkd track - -o FILE.csv")
        }
        return MediaFile(path: "/dev/stdin")
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

    package static func isKnown(_ ending: String) -> Bool {
        stillEndings.contains(ending) || videoEndings.contains(ending)
    }

    static func ending(of path: String) -> String { path.fileEnding }
}

/// Files and folders as given on a command line to files, in that order; a folder's own videos and stills sorted by
/// name, hidden files and folders inside it left out. A file that was named is kept whatever its ending. "-" is standard input.
///
/// A pipe or device in a folder, which might keep everything waiting, is left out too: `leftOut` is told of it.
/// Throws `noInput` where an input is missing or a folder unreadable, `unusableData` where a folder holds neither.
package func mediaFiles(
    in inputs: [String], leftOut: (String) -> Void = { _ in }
) throws(LandmarkdError) -> [MediaFile] {
    var files: [MediaFile] = []
    for input in inputs {
        if input == "-" {
            files.append(try .standardInput())
            continue
        }
        var status = stat()
        guard input.withSystemPath({ stat($0, &status) }) == 0 else { throw unreadable(input, errno) }
        if status.st_mode & S_IFMT == S_IFDIR {
            files += try mediaFiles(inFolder: input, leftOut)
        } else {
            files.append(MediaFile(path: input))
        }
    }
    return files
}

private func mediaFiles(
    inFolder folder: String, _ leftOut: (String) -> Void
) throws(LandmarkdError) -> [MediaFile] {
    let base = folder.hasSuffix("/") ? folder : folder + "/"
    let found = try names(inFolder: folder).filter { !$0.hasPrefix(".") && MediaFile.isKnown(MediaFile.ending(of: $0)) }
    var files: [MediaFile] = []
    for path in found.sorted().map({ base + $0 }) {
        // A link that leads nowhere is kept: opening it tells what is wrong.
        guard let identity = FileIdentity(path: path), !identity.isRegular else {
            files.append(MediaFile(path: path))
            continue
        }
        if !identity.isFolder { leftOut(path) }
    }
    guard !files.isEmpty else {
        throw LandmarkdError(
            .unusableData, "\(folder): no videos or pictures in this folder",
            remedy: "name the files, or the folder that holds them (folders inside it are not searched)")
    }
    return files
}

/// Names of what lies in a folder, "." and ".." among them, in no order.
func names(inFolder path: String) throws(LandmarkdError) -> [String] {
    guard let folder = path.withSystemPath({ opendir($0) }) else { throw unreadable(path, errno) }
    defer { closedir(folder) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(systemPath: $0) }
        }
        names.append(name)
        errno = 0
    }
    guard errno == 0 else { throw unreadable(path, errno) }
    return names
}
