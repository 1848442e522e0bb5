import Base
import Glibc

/// A file that may hold pictures, sorted by its name's ending; whether it does shows when it is opened. An animated PNG,
/// and a GIF by whatever name, is a video.
package struct MediaFile: Sendable, Equatable {
    package let path: String
    /// Folders between the folder that was named and the file: "sub01/"; "" for what lies in it, and for a file named itself.
    package let subfolder: String
    /// For `readStill`; else for `VideoReader`.
    package let isStill: Bool
    /// A sequence of stills; the path is a folder or a pattern, as `PictureSequence` takes it.
    package let isSequence: Bool

    /// A sequence where `isSequence`.
    package init(path: String, subfolder: String = "", isSequence: Bool = false) {
        (self.path, self.subfolder, self.isSequence) = (path, subfolder, isSequence)
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

    /// Ends the names of pictures that landmarkd draws of its tables: no recordings.
    package static let plotEnding = ".plot.png"

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

/// Files and folders as given on a command line to files, in that order; of a folder its videos and stills sorted by name, then
/// those of each folder inside it. Hidden files and folders, and plots of tables, are left out. Links to folders are followed. A
/// file that was named is kept whatever its ending. "-" is standard input.
///
/// A pipe or device in a folder, which might keep everything waiting, is left out too: `leftOut` receives it. `failed` receives
/// the fault of a folder inside another one that cannot be read.
/// Throws `noInput` where an input is missing or unreadable, `unusableData` where a folder holds no video or picture.
package func mediaFiles(
    in inputs: [String], leftOut: (String) -> Void = { _ in }, failed: (LandmarkdError) -> Void = { _ in }
) throws(LandmarkdError) -> [MediaFile] {
    var files: [MediaFile] = []
    for input in inputs {
        if input == "-" {
            files.append(try .standardInput())
            continue
        }
        var status = stat()
        guard input.withSystemPath({ stat($0, &status) }) == 0 else { throw unreadable(input, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            files.append(MediaFile(path: input))
            continue
        }
        var walk = FolderWalk(folder: input.hasSuffix("/") ? input : input + "/")
        try walk.walk()
        walk.leftOut.forEach(leftOut)
        walk.faults.forEach(failed)
        if walk.files.isEmpty, walk.faults.isEmpty {
            throw LandmarkdError(
                .unusableData, "\(input): no videos or pictures in this folder or those inside it",
                remedy: "name the files, or the folder that holds them")
        }
        files += walk.files
    }
    return files
}

/// The videos and stills of a folder and of all folders inside it.
private struct FolderWalk {
    /// With a slash at the end.
    let folder: String
    private(set) var files: [MediaFile] = []
    /// Pipes and devices.
    private(set) var leftOut: [String] = []
    /// Why folders inside could not be read.
    private(set) var faults: [LandmarkdError] = []

    init(folder: String) { self.folder = folder }

    /// Throws `noInput` where the folder itself cannot be read.
    mutating func walk() throws(LandmarkdError) {
        try walk("", above: FileIdentity(path: folder).map { [$0] } ?? [])
    }

    /// `above`: the folder itself and those around it; a link that leads to one of them would never end.
    private mutating func walk(_ subfolder: String, above: [FileIdentity]) throws(LandmarkdError) {
        var inner: [(name: String, identity: FileIdentity)] = []
        for name in try names(inFolder: folder + subfolder).filter({ !$0.hasPrefix(".") }).sorted() {
            let path = folder + subfolder + name
            let mayBeMedia = MediaFile.isKnown(MediaFile.ending(of: name)) && !name.hasSuffix(MediaFile.plotEnding)
            let identity = FileIdentity(path: path)
            if let identity, identity.isFolder {
                if !above.contains(identity) { inner.append((name, identity)) }
            } else if mayBeMedia {
                // A link that leads nowhere is kept: opening it tells what is wrong.
                if identity?.isRegular == false {
                    leftOut.append(path)
                } else {
                    files.append(MediaFile(path: path, subfolder: subfolder))
                }
            }
        }
        for (name, identity) in inner {
            do throws(LandmarkdError) {
                try walk("\(subfolder)\(name)/", above: above + [identity])
            } catch {
                faults.append(error)
            }
        }
    }
}

/// Names of what lies in a folder, "." and ".." among them, in no order.
package func names(inFolder path: String) throws(LandmarkdError) -> [String] {
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
