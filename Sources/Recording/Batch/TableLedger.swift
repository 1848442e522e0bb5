import Base
import Capture
import Foundation
import Synchronization

/// A table that is whole, and what it was made of.
struct FinishedTable: Codable, Sendable, Equatable {
    /// From the folder of the ledger: "sub01/rec.csv".
    var table: String
    /// The table's size.
    var bytes: Int
    var source: SourceStamp
    var provenance: Provenance
    var summary: RecordingSummary
    /// Unix time, to tell which of several records is the newest.
    var time: Double
}

/// Which tables of a folder are whole, and what they were made of: kept in the folder's `.landmarkd/`, a line for each.
///
/// Every run adds to a file of its own, line by line, so that any number of machines may share the folder, and a line that was
/// left incomplete harms no other. A table without a line is done again: after a power cut those of the last second.
final class TableLedger: Sendable {
    private let folder: String
    private let records: [String: FinishedTable]
    /// The run's own file, its size, and when it was last synced, which takes longer than all else of a short recording's end.
    private let file: Mutex<(path: String, size: Int, syncTime: Double)>

    private static let folderName = ".landmarkd/"

    /// Whether an earlier run has recorded tables of this folder.
    static func exists(in folder: String) -> Bool { FileIdentity(path: folder + folderName)?.isFolder == true }

    /// Reads what earlier runs wrote to `folder` (with a slash at the end, or ""), unless that is not wanted.
    ///
    /// Throws `.noInput` or `.inputOutput` where that cannot be read.
    init(folder: String, reads: Bool = true) throws(LandmarkdError) {
        self.folder = folder
        let place = folder + Self.folderName
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        file = Mutex(("\(place)\(name).jsonl", 0, -.infinity))
        var records: [String: FinishedTable] = [:]
        if reads, Self.exists(in: folder) {
            for name in try names(inFolder: place) where name.hasSuffix(".jsonl") {
                try Self.read(place + name, into: &records)
            }
        }
        self.records = records
    }

    private static func read(_ path: String, into records: inout [String: FinishedTable]) throws(LandmarkdError) {
        let (reader, decoder) = (try LineReader(path), JSONDecoder())
        while let line = try reader.next() {
            // A line that was cut off, or that a later version wrote, says nothing.
            guard let record = try? decoder.decode(FinishedTable.self, from: Data(line)) else { continue }
            if let known = records[record.table], known.time > record.time { continue }
            records[record.table] = record
        }
    }

    /// What is known of a job's table.
    enum State: Equatable {
        /// There is none.
        case missing
        case whole(RecordingSummary)
        /// It is whole, but by another model or with other settings.
        case different(String)
        /// It is not known to be whole, or not of this recording: why.
        case stale(String)
    }

    /// `others`: files that belong to the table and must be there as well.
    func state(of job: OutputPlan.Job, _ provenance: Provenance, with others: [String] = []) -> State {
        guard let table = SourceStamp(path: job.table) else { return .missing }
        guard let record = records[job.name] else { return .stale("no run has recorded it as whole") }
        if record.bytes != table.bytes { return .stale("its size is no longer \(record.bytes) bytes") }
        if record.source != SourceStamp(job.input) { return .stale("its recording has changed") }
        if let difference = provenance.difference(to: record.provenance) { return .different(difference) }
        if let lost = others.first(where: { FileIdentity(path: $0) == nil }) { return .stale("\(lost) is missing") }
        return .whole(record.summary)
    }

    /// Records the whole table of a job; `source` is what the recording was when tracking began, nil where it cannot be
    /// recognised again.
    ///
    /// Throws `.cannotCreate`, `.noPermission` or `.inputOutput`.
    func add(
        _ job: OutputPlan.Job, source: SourceStamp?, _ provenance: Provenance, _ summary: RecordingSummary
    ) throws(LandmarkdError) {
        guard let source, let table = SourceStamp(path: job.table) else { return }
        let record = FinishedTable(
            table: job.name, bytes: table.bytes, source: source, provenance: provenance, summary: summary,
            time: unixSeconds())
        let line: [UInt8]
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            line = Array(try encoder.encode(record)) + [UInt8(ascii: "\n")]
        } catch {
            throw LandmarkdError(.internalFault, "\(job.table): recording it: \(error)")
        }
        try file.withLock { file throws(LandmarkdError) in
            if file.size == 0 { _ = try makeFolder(folder + Self.folderName) }
            let now = monotonicSeconds()
            let syncs = now - file.syncTime >= 1
            if syncs { file.syncTime = now }
            do throws(LandmarkdError) {
                try appendToFile(file.path, line, synced: syncs)
            } catch {
                // A part of a line must not spoil the next one.
                _ = file.path.withSystemPath { truncate($0, file.size) }
                throw error
            }
            file.size += line.count
        }
    }
}
