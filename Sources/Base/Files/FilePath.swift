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

    /// The text as people may see it: bytes that are not UTF-8 as `\xE4`, and control characters, which a terminal
    /// would obey, alike. Line ends and tabs stay.
    package var shown: String {
        func isHidden(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x09, 0x0A: false
            case 0..<0x20, 0x7F: true
            default: Self.escapes.contains(scalar.value)
            }
        }
        guard unicodeScalars.contains(where: isHidden) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            guard isHidden(scalar) else {
                text.unicodeScalars.append(scalar)
                continue
            }
            let digits = String(scalar.value & 0xFF, radix: 16, uppercase: true)
            text += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
        }
        return text
    }

    /// The last part of a path: "interview.mp4" of "day1/interview.mp4".
    package var fileName: String { utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? self }

    /// The last part of a path without its ending: "interview" of "day1/interview.mp4".
    package var fileStem: String {
        let name = fileName
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }

    /// The folder that holds what the path names, with a slash at the end; "" for the current one.
    var folderPart: String {
        utf8.lastIndex(of: UInt8(ascii: "/")).map { String(self[...$0]) } ?? ""
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
