import Glibc

extension String {
    /// The last part of a path: "interview.mp4" of "day1/interview.mp4".
    package var fileName: String { split(separator: "/").last.map(String.init) ?? self }

    /// The last part of a path without its ending: "interview" of "day1/interview.mp4".
    package var fileStem: String {
        let name = fileName
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }
}

/// What a path leads to, links followed: two paths with equal identities are one file. Nil where there is nothing.
package struct FileIdentity: Hashable, Sendable {
    private let device: UInt
    private let number: UInt
    package let isFolder: Bool
    package let isRegular: Bool

    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, number) = (UInt(status.st_dev), UInt(status.st_ino))
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }
}
