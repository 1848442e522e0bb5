import Base
import Results
import Synchronization

/// What became of each recording of a run: a CSV table or JSON lines, a row for each as it ends.
///
/// Grows as `PATH.partial`, as tables do, and gets its name at the end of the run.
final class RunReport: Sendable {
    /// What became of a recording.
    enum Status: String {
        /// Its table is whole.
        case whole
        /// Its table was whole before.
        case skipped
        case failed
        case interrupted
        /// The run ended before.
        case notBegun = "not_begun"
    }

    struct Row {
        var input: String
        var table = ""
        var status: Status
        var summary: RecordingSummary?
        var fault: LandmarkdError?

        init(_ job: OutputPlan.Job, _ status: Status, _ summary: RecordingSummary? = nil) {
            (input, table, self.status, self.summary) = (job.input.path, job.table, status, summary)
        }

        init(_ job: OutputPlan.Job, _ outcome: RecordingBatch.Outcome) {
            (input, table) = (job.input.path, job.table)
            switch outcome {
            case .success(let summary): (status, self.summary) = (.whole, summary)
            case .failure(let fault):
                (status, self.fault) = (fault.exitCode == .interrupted ? .interrupted : .failed, fault)
            }
        }

        /// An input that led to no recording.
        init(input: String, _ fault: LandmarkdError) { (self.input, status, self.fault) = (input, .failed, fault) }
    }

    private let file: Mutex<RowFile>
    private let isCSV: Bool
    private let provenance: Provenance

    private static let columns = [
        "input", "table", "status", "frames", "frames_with_face", "faces", "broken_frames", "seconds",
        "seconds_followed", "exit_code", "reason", "program", "model", "model_version", "model_digest", "settings",
    ]

    /// Throws `.usage` where the name's ending is none of CSV or JSON lines, `.cannotCreate`, `.noPermission`.
    init(_ path: String, _ provenance: Provenance) throws(LandmarkdError) {
        try requireEnding(
            of: path, among: ["csv", "jsonl", "ndjson", "json"], "reports are written as CSV or JSON lines")
        isCSV = !["jsonl", "ndjson", "json"].contains(path.fileEnding)
        self.provenance = provenance
        let file = try RowFile(path: path)
        if isCSV { file.text.append(bytes: csvRow(Self.columns)) }
        self.file = Mutex(file)
    }

    /// Throws `.inputOutput` where writing fails.
    func add(_ row: Row) throws(LandmarkdError) {
        let members = members(row)
        let bytes = isCSV ? csvRow(members.map { $0.value.cell }) : Array((JSON.object(members).text + "\n").utf8)
        try file.withLock { file throws(LandmarkdError) in
            file.text.append(bytes: bytes)
            try file.endRow()
        }
    }

    /// Gives the report its name, unless rows of it were lost. Throws `.inputOutput` or `.cannotCreate`.
    func finish() throws(LandmarkdError) {
        try file.withLock { file throws(LandmarkdError) in
            if let fault = file.fault(keptIn: file.partialPath) {
                try? file.interrupt()
                throw fault
            }
            try file.finish()
        }
    }

    private func members(_ row: Row) -> [JSON.Member] {
        let summary = row.summary
        let values: [JSON] = [
            .string(row.input), .string(row.table), .string(row.status.rawValue),
            summary.map { .integer($0.frames) } ?? .null, summary.map { .integer($0.framesWithFaces) } ?? .null,
            summary.map { .integer($0.faces) } ?? .null, summary.map { .integer($0.brokenFrames) } ?? .null,
            summary.map { .decimal($0.time, 3) } ?? .null, summary.map { .decimal($0.followedTime, 3) } ?? .null,
            row.fault.map { .integer(Int($0.exitCode.rawValue)) } ?? .null,
            row.fault.map { .string($0.cause) } ?? .null,
            .string(provenance.program), .string(provenance.model), .string(provenance.modelVersion),
            .string(provenance.modelDigest), .string(provenance.settings),
        ]
        return Array(zip(Self.columns, values)).map { (key: $0, value: $1) }
    }
}

extension JSON {
    /// The value as a cell of a table: text without quotes, nothing for null.
    fileprivate var cell: String {
        switch self {
        case .null: ""
        case .string(let text): text
        default: text
        }
    }
}
