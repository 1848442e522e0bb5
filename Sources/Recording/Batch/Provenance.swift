import Base
import Capture
import FaceTracking
import Glibc

/// What a table depends on besides its recording: program, models and settings.
package struct Provenance: Codable, Sendable, Equatable {
    package var program = programVersion
    /// The landmark model's file name.
    package var model = ""
    /// As stated in the model file; empty if it is not.
    package var modelVersion = ""
    /// Digest of the bytes of all models: the same on every machine that has the same files.
    package var modelDigest = ""
    /// Every setting that changes what a table holds: "faces=2 smoothing=off".
    package var settings = ""

    package init() {}

    /// Throws `.noInput` where a model cannot be read.
    package init(
        model: CascadeModel, files: [String], settings: [String]
    ) throws(LandmarkdError) {
        self.model = files.first?.fileName ?? ""
        modelVersion = model.notes["version"] ?? ""
        var digest = Digest()
        for file in files { digest.add(try readFile(file, atMost: 1 << 30)) }
        modelDigest = digest.text
        self.settings = settings.joined(separator: " ")
    }

    /// What differs, in words, where a table of `other` is no table of this; nil where it would be the same. Another version
    /// of the program makes no difference: reports state it.
    func difference(to other: Self) -> String? {
        if modelDigest != other.modelDigest { return "another model (\(other.model))" }
        let own = Set(settings.split(separator: " "))
        let others = other.settings.split(separator: " ")
        let differing = others.filter { !own.contains($0) }
        if differing.isEmpty, others.count == own.count { return nil }
        return "other settings (\((differing.isEmpty ? others : differing).joined(separator: " ")))"
    }
}

/// A 64-bit FNV-1a hash, which distinguishes files that differ by chance, not on purpose.
///
/// Source: Fowler, Noll, Vo and Eastlake, draft-eastlake-fnv.
private struct Digest {
    private var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// By what a recording is recognised: its file's name, size and time. The folder may change, as on a cluster's scratch disk.
package struct SourceStamp: Codable, Sendable, Equatable {
    package let name: String
    /// Sum over the pictures of one recording.
    package let bytes: Int
    /// Seconds since 1970, of pictures those of the newest; finer times are lost when files are copied.
    package let modified: Int

    /// Nil for what is missing or no regular file: a pipe is another recording each time.
    package init?(path: String) { self.init(path.fileName, files: [path]) }

    /// The same of a recording, which may consist of many pictures: those that it has now.
    package init?(_ recording: MediaFile) {
        guard recording.isSequence else {
            self.init(path: recording.path)
            return
        }
        guard let sequence = try? PictureSequence(recording.path) else { return nil }
        self.init(recording.path.fileName, files: sequence.pictures.compactMap(\.self))
    }

    private init?(_ name: String, files: [String]) {
        var (bytes, modified) = (0, 0)
        for file in files {
            guard let status = Self.status(file), status.st_mode & S_IFMT == S_IFREG else { return nil }
            bytes &+= Int(status.st_size)
            modified = max(modified, status.st_mtim.tv_sec)
        }
        (self.name, self.bytes, self.modified) = (name, bytes, modified)
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return path.withSystemPath({ stat($0, &status) }) == 0 ? status : nil
    }
}
