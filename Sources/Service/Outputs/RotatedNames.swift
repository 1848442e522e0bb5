import Base
import Glibc
import Results

/// Names of the files of a rotated output: `door-20261125T223143Z.csv.gz` of `door.csv.gz`, by the time of the first row (UTC).
struct RotatedNames {
    /// With a slash at its end; "" for the current one.
    let folder: String
    /// "door" and ".csv.gz" of "a/door.csv.gz".
    private let stem: String
    private let ending: String

    init(_ path: String) {
        let name = path.fileName
        // The ending of a compressed file is two endings.
        let plain = Compression(nameOf: name) == nil ? name : name.fileStem
        (folder, stem) = (path.folderPart, plain.fileStem)
        ending = String(Substring(name.utf8.dropFirst(plain.fileStem.utf8.count)))
    }

    /// The path of a file whose first row has that time; `number` tells files of the same second apart, from 1.
    func path(_ time: Double, number: Int) -> String {
        "\(folder)\(stem)-\(Self.stamp(time))\(number > 1 ? "-\(number)" : "")\(ending)"
    }

    /// What a name of this output says.
    struct Parts {
        /// Grows from file to file.
        var order: (stamp: String, number: Int)
        /// Whether the file is not finished.
        var isPartial: Bool
    }

    /// Nil for a name in the folder that is not one of this output's.
    func parts(of name: String) -> Parts? {
        // By bytes: strings that look alike are equal to Swift, and are other files.
        var rest = Array(name.utf8)[...]
        let isPartial = rest.removeSuffix(".partial")
        guard rest.removePrefix("\(stem)-"), rest.removeSuffix(ending) else { return nil }
        let stamp = String(decoding: rest.prefix(16), as: UTF8.self)
        guard stamp.wholeMatch(of: /[0-9]{8}T[0-9]{6}Z/) != nil else { return nil }
        rest = rest.dropFirst(16)
        if rest.isEmpty { return Parts(order: (stamp, 1), isPartial: isPartial) }
        guard rest.removePrefix("-"), let number = wholeNumber(String(decoding: rest, as: UTF8.self)), number > 1
        else { return nil }
        return Parts(order: (stamp, number), isPartial: isPartial)
    }

    /// "20261125T223143Z".
    static func stamp(_ time: Double) -> String {
        var seconds = time_t(exactly: time.rounded(.down)) ?? 0
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func digits(_ number: Int32, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        let date = digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1, 2) + digits(parts.tm_mday, 2)
        return "\(date)T\(digits(parts.tm_hour, 2))\(digits(parts.tm_min, 2))\(digits(parts.tm_sec, 2))Z"
    }
}

extension ArraySlice<UInt8> {
    /// Whether it began so; then without that.
    fileprivate mutating func removePrefix(_ text: String) -> Bool {
        guard starts(with: text.utf8) else { return false }
        self = dropFirst(text.utf8.count)
        return true
    }

    /// Whether it ended so; then without that.
    fileprivate mutating func removeSuffix(_ text: String) -> Bool {
        guard count >= text.utf8.count, suffix(text.utf8.count).elementsEqual(text.utf8) else { return false }
        self = dropLast(text.utf8.count)
        return true
    }
}
