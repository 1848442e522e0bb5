import Base
import Capture
import FaceTracking
import Results

/// How results of recordings are written. The raw value is the table's ending.
package enum TableFormat: String, Sendable, CaseIterable {
    case csv
    case jsonl
    case csvGzip = "csv.gz"
    case csvZstd = "csv.zst"
    case jsonlGzip = "jsonl.gz"
    case jsonlZstd = "jsonl.zst"

    package var isCSV: Bool { rawValue.hasPrefix("csv") }

    /// Nil where the table's name decides.
    private var compression: Compression? { Compression(nameOf: rawValue) }

    /// A writer of such a table. Throws as `TableWriter` does.
    func makeTable(
        _ path: String, scheme: LandmarkScheme, stream: String, groups: [ColumnGroup]?
    ) throws(LandmarkdError) -> any TrackOutput {
        isCSV
            ? try TableWriter(csv: path, scheme: scheme, groups: groups, compression: compression)
            : try TableWriter(jsonl: path, stream: stream, groups: groups, compression: compression)
    }

    /// Throws `.usage` where a table's name says that it is of another format, or a picture or video. Other endings say
    /// nothing: the format is that of the option.
    func refuseName(_ path: String) throws(LandmarkdError) {
        let named = Compression(nameOf: path)
        let name = named == nil ? path.fileName : path.fileStem
        let ending = name.fileEnding
        let text: String? =
            switch ending {
            case "csv", "tsv": "csv"
            case "json", "jsonl", "ndjson": "jsonl"
            default: nil
            }
        let isOtherText = text.map { $0.hasPrefix("csv") != isCSV } ?? MediaFile.isKnown(ending)
        let isOtherCompression = compression != nil && compression != named && (named != nil || text != nil)
        guard isOtherText || isOtherCompression, try !OutputFile(path).isSpecial else { return }
        func joined(_ parts: String?...) -> String { parts.compactMap(\.self).joined(separator: ".") }
        let other = Self(rawValue: joined(text, named?.rawValue))
        let rename = "name it \(name.fileStem).\(rawValue)"
        let shown = joined(ending, named?.rawValue)
        throw LandmarkdError(
            .usage, "\(path): the table is written as \(words), not as .\(shown)",
            remedy: other.map { "\(rename), or add --format \($0.rawValue)" } ?? "\(rename); --overlay names a video")
    }

    private var words: String {
        let text = isCSV ? "CSV" : "JSON lines"
        return switch compression {
        case nil: text
        case .gzip: "\(text) compressed by gzip"
        case .zstd: "\(text) compressed by zstd"
        }
    }
}
