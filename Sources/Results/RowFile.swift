import Base
import Glibc

/// A text file that grows by whole rows as `PATH.partial` and gets its name when it is complete; "-" is standard output.
/// What `OutputFile` takes as it is – a device, a pipe – gets the rows in place.
///
/// A row is what ends with `endRow`; it may be several lines that belong together. A compressed file is written in blocks of whole rows,
/// each of which can be read without what follows.
package final class RowFile {  // thread-bound
    package let path: String
    package let partialPath: String?
    private let output: OutputFile?
    /// Rows not yet written out; the caller adds the next one.
    package var text = TextBuffer()
    /// Rows that could not be written.
    package private(set) var lostRows = 0
    /// Rows that are in the file.
    package private(set) var writtenRows = 0
    private var descriptor: Int32
    /// Nil for plain text.
    private let compressor: Compressor?
    private let mayReplace: Bool
    /// Seconds that a pipe which is full may keep a write waiting.
    private let patience: Double
    private var flushedTime = -Double.infinity
    /// Seconds that a row waits for others at most.
    private static let longestWait = 0.2
    /// Why writing failed: errno.
    private var failure: Int32?
    private var writtenBytes = 0
    /// Ends of the whole rows in `text`.
    private var rowEnds: [Int] = []

    /// `mayReplace`: whether a file of that name, or its partial one, gives way. `patiently`: waits for the reader of a
    /// pipe, and while the pipe is full, until the program is asked to end. `compression`: nil for plain text.
    ///
    /// Throws `.cannotCreate` or `.noPermission` where the file cannot be made.
    package init(
        path: String, mayReplace: Bool = true, patiently: Bool = true, compression: Compression? = nil
    ) throws(LandmarkdError) {
        (self.path, self.mayReplace) = (path, mayReplace)
        patience = patiently ? .infinity : 2
        compressor = compression.map { Compressor($0) }
        output = path == "-" ? nil : try OutputFile(path)
        partialPath = output?.partialPath
        descriptor = try output?.open(exclusively: !mayReplace, patiently: patiently) ?? STDOUT_FILENO
    }

    deinit { if output != nil, descriptor >= 0 { close(descriptor) } }

    /// Whole rows, written out or not.
    package var rows: Int { writtenRows + rowEnds.count }

    /// Whether somebody has removed the file.
    package var isGone: Bool {
        var status = stat()
        return partialPath != nil && fstat(descriptor, &status) == 0 && status.st_nlink == 0
    }

    /// Bytes of the file once all is written out; an upper bound where it is compressed.
    package var size: Int { writtenBytes + text.bytes.count }

    /// A whole row is in `text`: writes it out, now or with those of the next moment.
    ///
    /// By the clock, not by the rows' times: where frames are slow, each row is written at once, and a program that is killed has lost
    /// the rows of the last fifth of a second. Where rows are compressed it has lost those of the last block: blocks cut by the clock
    /// would give other bytes each time.
    package func endRow() throws(LandmarkdError) {
        rowEnds.append(text.bytes.count)
        let now = monotonicSeconds()
        let isLate = compressor == nil && now - flushedTime >= Self.longestWait
        guard isLate || text.bytes.count >= 1 << 16 else { return }
        flushedTime = now
        try flush()
    }

    /// Writes out all rows. Where that fails, a row that was cut is removed again, and those not written are lost; of a compressed file,
    /// whole blocks.
    package func flush() throws(LandmarkdError) { try write(.flush) }

    private func write(_ step: Compressor.Step) throws(LandmarkdError) {
        defer {
            text.removeAll()
            rowEnds.removeAll(keepingCapacity: true)
        }
        // A block that is lost cannot be left out: those after it refer to it.
        let bytes = compressor.map { failure == nil ? $0.compress(text.bytes, step) : [] } ?? text.bytes
        var written = 0
        while written < bytes.count {
            let count = writePatiently(descriptor, bytes[written...], patience: patience)
            guard count > 0 else {
                let why = errno
                tally(rows: removeCutRow(written), bytes: 0)
                throw failed(why)
            }
            written += count
        }
        tally(rows: compressor != nil && failure != nil ? 0 : rowEnds.count, bytes: written)
    }

    private func tally(rows whole: Int, bytes: Int) {
        (writtenRows, lostRows) = (writtenRows + whole, lostRows + rowEnds.count - whole)
        writtenBytes += bytes
    }

    /// Flushes, syncs and gives the file its name.
    package func finish() throws(LandmarkdError) {
        try end { output throws(LandmarkdError) in
            try output.commit(mayReplace: mayReplace)
        }
    }

    /// Flushes and syncs; the partial file stays. Nothing may be written after that.
    package func interrupt() throws(LandmarkdError) { try end { _ in } }

    /// `whenSynced` is called before the file is closed, which ends its lock: no other program may take a partial file that is about
    /// to be renamed.
    private func end(_ whenSynced: (OutputFile) throws(LandmarkdError) -> Void) throws(LandmarkdError) {
        try write(.end)
        guard let output else { return }
        let open = descriptor
        descriptor = -1
        var isOpen = true
        defer { if isOpen { close(open) } }
        guard output.isSpecial || fsync(open) == 0 else { throw failed(errno) }
        try whenSynced(output)
        isOpen = false
        guard close(open) == 0 else { throw failed(errno) }
    }

    /// Nothing of it shall stay.
    package func remove() { output?.discard() }

    /// After `written` bytes of a block: cuts the file back to its last whole row, or block. How many rows of the block are left in it.
    private func removeCutRow(_ written: Int) -> Int {
        let rows = compressor == nil ? rowEnds.count { $0 <= written } : 0
        guard partialPath != nil else { return rows }
        let whole = rows > 0 ? rowEnds[rows - 1] : 0
        let end = lseek(descriptor, 0, SEEK_CUR) - (written - whole)
        guard end >= 0, ftruncate(descriptor, end) == 0 else { return rows }
        lseek(descriptor, end, SEEK_SET)
        writtenBytes += whole
        return rows
    }

    private func failed(_ code: Int32) -> LandmarkdError {
        failure = failure ?? code
        return fault(code, keptIn: partialPath)
    }

    /// Why writing failed, if it did; `name`: what the file with the rows so far is called, nil where there is none.
    package func fault(keptIn name: String?) -> LandmarkdError? { failure.map { fault($0, keptIn: name) } }

    private func fault(_ code: Int32, keptIn name: String?) -> LandmarkdError {
        let kept = name.map { "; whole rows so far are in \($0)" } ?? ""
        let place = path == "-" ? "standard output" : path
        return LandmarkdError(
            .inputOutput, "\(place): writing: \(systemFault(code))\(kept)", remedy: writingRemedy(code))
    }
}
