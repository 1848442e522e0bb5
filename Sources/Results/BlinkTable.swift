import Base
import FaceTracking

/// The blinks of a recording as a CSV table of its own, a row for each, in the order in which they ended.
package final class BlinkTable: TrackOutput {
    /// Seconds that a blink can last and still find the numbers of its frames.
    private static let memory = 12.0

    private let file: RowFile
    /// Numbers and times of the last frames.
    private var frames: [(number: Int, time: Double)] = []

    /// Throws `.cannotCreate`, `.noPermission`.
    package init(path: String) throws(LandmarkdError) {
        file = try RowFile(path: path)
        file.text.append(Column.blinks.map(\.name).joined(separator: ",") + "\n")
    }

    /// The path beside a table's: "talk.blinks.csv" of "talk.csv"; nil for standard output.
    package static func path(besides table: String) -> String? {
        if table == "-" { return nil }
        let name = table.fileName
        let endings = [".csv", ".jsonl", ".json", ".ndjson", ".tsv"].flatMap { [$0, $0 + ".gz", $0 + ".zst"] }
        let ending = endings.filter { name.hasSuffix($0) && name.count > $0.count }.max { $0.count < $1.count }
        return table.dropLast(ending?.count ?? 0) + ".blinks.csv"
    }

    package var partialPath: String? { file.partialPath }

    package func write(_ result: FrameResult, of frame: Frame?) throws(LandmarkdError) {
        frames.removeAll { $0.time < result.time - Self.memory }
        frames.append((result.frame, result.time))
        for face in result.faces {
            for blink in face.measures?.eyes?.blinks ?? [] {
                append(blink, of: face.id)
                try file.endRow()
            }
        }
    }

    package func finish() throws(LandmarkdError) { try file.finish() }

    package func interrupt() throws(LandmarkdError) { try file.interrupt() }

    private func append(_ blink: Blink, of face: Int) {
        file.text.append(face)
        for time in [blink.start, blink.peak, blink.end] {
            file.text.append(",")
            file.text.append(number(at: time))
        }
        for time in [blink.start, blink.peak, blink.end] {
            file.text.append(",")
            file.text.append(time, decimals: 6)
        }
        file.text.append(",")
        file.text.append(blink.depth, decimals: 3)
        file.text.append("\n")
    }

    /// Number of the frame at a time; of one that is no longer known, the oldest that is.
    private func number(at time: Double) -> Int {
        let known = frames.last { $0.time <= time + 1e-9 } ?? frames.first
        return known?.number ?? 0
    }
}
