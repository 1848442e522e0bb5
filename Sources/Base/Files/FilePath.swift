import Glibc

/// Paths are `String`s that keep every byte of a file's name.
///
/// Linux allows any byte in a name but 0 and "/", while a Swift string holds only UTF-8. A byte that is not part of
/// valid UTF-8 is therefore kept as one private character, U+10FE00 plus the byte, in the manner of Python's
/// "surrogateescape". Paths enter the program by `init(systemPath:)` and leave it by `withSystemPath`; both directions
/// are lossless. Messages show such bytes as `\xE4`: see `shown`.
extension String {
    private static let escapes: ClosedRange<UInt32> = 0x10FE80...0x10FEFF
    /// The first byte of every escape in UTF-8: a path without it has none.
    private static let escapeLead: UInt8 = 0xF4

    /// A name from the system: an argument, a folder's entry, the target of a link.
    package init(systemPath path: UnsafePointer<CChar>) {
        self.init(pathBytes: UnsafeBufferPointer(start: path, count: strlen(path)).map { UInt8(bitPattern: $0) })
    }

    /// The same from bytes, as a list of files holds them.
    package init(pathBytes bytes: some Collection<UInt8>) {
        if !bytes.contains(Self.escapeLead), let text = String(validating: bytes, as: UTF8.self) {
            self = text
            return
        }
        self.init()
        var rest = bytes[...]
        while let first = rest.first {
            let length = Self.sequenceLength(first)
            let scalar = String(validating: rest.prefix(length), as: UTF8.self)?.unicodeScalars.first
            if let scalar, !Self.escapes.contains(scalar.value) {
                unicodeScalars.append(scalar)
                rest = rest.dropFirst(length)
            } else {
                // A byte below 0x80 is valid by itself, so this one has an escape.
                if let escape = Unicode.Scalar(0x10FE00 + UInt32(first)) { unicodeScalars.append(escape) }
                rest = rest.dropFirst()
            }
        }
    }

    /// Bytes of a UTF-8 sequence by its first one; 1 for a byte that starts none.
    private static func sequenceLength(_ first: UInt8) -> Int {
        switch first {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// The bytes of the name as the system knows it.
    package var pathBytes: [UInt8] {
        guard utf8.contains(Self.escapeLead) else { return Array(utf8) }
        return unicodeScalars.flatMap { scalar in
            Self.escapes.contains(scalar.value) ? [UInt8(scalar.value & 0xFF)] : Array(String(scalar).utf8)
        }
    }

    /// Lends the path to a system call.
    package func withSystemPath<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
        guard utf8.contains(Self.escapeLead) else { return withCString(body) }
        return (pathBytes + [0]).withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
        }
    }

    /// The text as people may see it, in one line: bytes that are not UTF-8 as `\xE4`, and characters that a terminal
    /// would obey or that turn the text around as `\x1B` and `\u202E`. A line end is `\x0A`: it could forge a message.
    package var shown: String { shown(sparing: []) }

    /// The same for text of several lines, such as a command's usage: line ends and tabs stay.
    package var shownLines: String { shown(sparing: ["\n", "\t"]) }

    private func shown(sparing spared: Set<Unicode.Scalar>) -> String {
        func isHidden(_ scalar: Unicode.Scalar) -> Bool { scalar.isUnsafe && !spared.contains(scalar) }
        guard unicodeScalars.contains(where: isHidden) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            guard isHidden(scalar) else {
                text.unicodeScalars.append(scalar)
                continue
            }
            let isByte = scalar.value < 0x80 || Self.escapes.contains(scalar.value)
            let digits = String(isByte ? scalar.value & 0xFF : scalar.value, radix: 16, uppercase: true)
            let width = isByte ? 2 : 4
            text += (isByte ? "\\x" : "\\u") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return text
    }

    fileprivate static func isEscape(_ scalar: Unicode.Scalar) -> Bool { escapes.contains(scalar.value) }

    /// The last part of a path: "interview.mp4" of "day1/interview.mp4".
    package var fileName: String { utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? self }

    /// The last part of a path without its ending: "interview" of "day1/interview.mp4".
    package var fileStem: String {
        let name = fileName
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }

    /// The folder that holds what the path names, with a slash at the end; "" for the current one.
    package var folderPart: String {
        utf8.lastIndex(of: UInt8(ascii: "/")).map { String(self[...$0]) } ?? ""
    }
}

extension Unicode.Scalar {
    /// Whether showing it may do something other than show it: control characters, separators of lines, marks that reverse
    /// the direction of writing, and bytes that are not UTF-8.
    fileprivate var isUnsafe: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0: true
        case 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: String.isEscape(self)
        }
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
        guard path.withSystemPath({ stat($0, &status) }) == 0 else { return nil }
        (device, number) = (UInt(status.st_dev), UInt(status.st_ino))
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }
}
