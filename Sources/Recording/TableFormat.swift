import Base
import Capture

/// How results of recordings are written.
package enum TableFormat: String, Sendable, CaseIterable {
    case csv
    case jsonl

    /// Throws `.usage` where a table's name says that it is of the other format, or a picture or video. Other endings say
    /// nothing: the format is that of the option.
    func refuseName(_ path: String) throws(LandmarkdError) {
        let ending = path.fileEnding
        let other: Self? =
            switch ending {
            case "csv", "tsv": .csv
            case "json", "jsonl", "ndjson": .jsonl
            default: nil
            }
        guard other.map({ $0 != self }) ?? MediaFile.isKnown(ending), try !OutputFile(path).isSpecial else { return }
        let rename = "name it \(path.fileStem).\(rawValue)"
        throw LandmarkdError(
            .usage, "\(path): the table is written as \(words), not as .\(ending)",
            remedy: other.map { "\(rename), or add --format \($0.rawValue)" } ?? "\(rename); --overlay names a video")
    }

    private var words: String { self == .csv ? "CSV" : "JSON lines" }
}
