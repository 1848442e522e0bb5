import Base
import Capture
import Logging
import Results

/// Live results in files, one after the other: `door.csv` becomes `door-20261125T223143Z.csv`, by the time of its first row (UTC).
///
/// A file has `.partial` after its name until it is finished, holds whole rows, and never replaces another; it is compressed where its
/// name says so. Files that are no longer to be kept are removed. Where the path itself is a device or a pipe, rows are written to it as
/// they come.
final class RotatingFiles: LiveSink {
    private let path: String
    private let rows: any RowFormat
    private let rotation: OutputSettings.Rotation
    private let names: RotatedNames
    private let compression: Compression?
    private var cleaner: RetentionCleaner?
    private var file: RowFile?
    /// The capacity of a device or a pipe is unknown: it is never full.
    private var isSpecial = false
    /// Days since 1970 (UTC) of the open file.
    private var day = 0
    private(set) var lost = 0

    /// `keep`: nil for all files. `log` is told which were removed.
    init(
        path: String, _ rows: any RowFormat, rotation: OutputSettings.Rotation, keep: Retention? = nil,
        log: Logger? = nil
    ) {
        (self.path, self.rows, self.rotation) = (path, rows, rotation)
        (names, compression) = (RotatedNames(path), Compression(nameOf: path))
        cleaner = keep.map { RetentionCleaner(RetentionSweep(names: names, limits: $0), name: path, log: log) }
    }

    func write(_ result: StreamResult) throws(LandmarkdError) {
        var row = TextBuffer()
        rows.append(result, to: &row)
        let time = result.result.time
        if let file, !isSpecial, isFull(file, with: row.bytes.count, time) { try close() }
        let file = if let file { file } else { try open(time) }
        file.text.append(row)
        try keeping(file) { (file) throws(LandmarkdError) in try file.endRow() }
        clean()
    }

    func flush() throws(LandmarkdError) {
        clean()
        guard let file else { return }
        try keeping(file) { (file) throws(LandmarkdError) in try file.flush() }
    }

    func close() throws(LandmarkdError) {
        guard let file else { return }
        self.file = nil
        let before = file.lostRows
        defer { lost += file.lostRows - before }
        try file.finish()
    }

    /// Where writing fails, the file ends with the rows it has; later rows go to another file.
    private func keeping(
        _ file: RowFile, _ body: (RowFile) throws(LandmarkdError) -> Void
    ) throws(LandmarkdError) {
        let (before, written) = (file.lostRows, file.writtenRows)
        do throws(LandmarkdError) {
            try body(file)
            if file.writtenRows > written, file.isGone {
                throw LandmarkdError(
                    .inputOutput, "\(file.path).partial: was removed while rows were written to it",
                    remedy: "move only files whose names do not end in .partial")
            }
        } catch {
            lost += file.lostRows - before
            self.file = nil
            throw ended(file, after: error)
        }
    }

    /// Finishes a file that could not be written further; the error with the name that it has from then on.
    private func ended(_ file: RowFile, after error: LandmarkdError) -> LandmarkdError {
        guard file.writtenRows > 0 else {
            file.remove()
            return file.fault(keptIn: nil) ?? error
        }
        do throws(LandmarkdError) {
            try file.finish()
            return file.fault(keptIn: file.path) ?? error
        } catch {
            return file.fault(keptIn: file.partialPath) ?? error
        }
    }

    private func clean(now: Bool = false) {
        if !isSpecial { cleaner?.clean(open: file?.partialPath, now: now) }
    }

    private func isFull(_ file: RowFile, with bytes: Int, _ time: Double) -> Bool {
        switch rotation {
        case .never: false
        case .day: Self.day(time) != day
        case .size(let limit): file.size + bytes > limit && file.rows > 0
        }
    }

    private static func day(_ time: Double) -> Int { Int(exactly: (time / 86400).rounded(.down)) ?? 0 }

    private func open(_ time: Double) throws(LandmarkdError) -> RowFile {
        isSpecial = (try? OutputFile(path))?.isSpecial ?? false
        if isSpecial {
            let file = try RowFile(path: path, patiently: false, compression: compression)
            file.text.append(rows.header)
            self.file = file
            return file
        }
        for number in 1...1000 {
            let name = names.path(time, number: number)
            guard FileIdentity(path: name) == nil, FileIdentity(path: "\(name).partial") == nil else { continue }
            let file = try RowFile(path: name, mayReplace: false, compression: compression)
            file.text.append(rows.header)
            (self.file, day) = (file, Self.day(time))
            clean(now: true)
            return file
        }
        throw LandmarkdError(
            .cannotCreate, "\(path): a thousand files of \(RotatedNames.stamp(time)) are there already",
            remedy: "name another folder")
    }
}
