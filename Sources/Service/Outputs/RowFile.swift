import Base
import Glibc

/// A text file that grows by whole rows as `PATH.partial` and gets its name when it is complete; "-" is standard output.
final class RowFile {  // thread-bound
    let path: String
    let partialPath: String?
    var text = TextBuffer()
    private var descriptor: Int32
    private var flushedTime = -Double.infinity

    /// Throws `.cannotCreate` or `.noPermission` where the file cannot be made.
    init(path: String) throws(LandmarkdError) {
        self.path = path
        partialPath = path == "-" ? nil : "\(path).partial"
        descriptor = STDOUT_FILENO
        guard let partialPath else { return }
        descriptor = open(partialPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw LandmarkdError(
                errno == EACCES ? .noPermission : .cannotCreate, "\(path): creating: \(systemFault())",
                remedy: "name a folder that exists and that you may write to")
        }
    }

    deinit { if partialPath != nil, descriptor >= 0 { close(descriptor) } }

    /// A whole row, at `time` seconds, is in `text`: writes it out, now or with the rows of the next second.
    func endRow(time: Double) throws(LandmarkdError) {
        guard time - flushedTime >= 1 || text.bytes.count >= 1 << 16 else { return }
        flushedTime = time
        try flush()
    }

    /// Writes out all rows. Where that fails, a row that was cut is removed again.
    func flush() throws(LandmarkdError) {
        defer { text.removeAll() }
        var written = 0
        while written < text.bytes.count {
            let count = text.bytes.withUnsafeBytes { buffer in
                retrying { write(descriptor, buffer.baseAddress! + written, buffer.count - written) }
            }
            guard count > 0 else {
                let why = systemFault()
                removeCutRow(written)
                throw fault(why)
            }
            written += count
        }
    }

    /// Flushes, syncs and gives the file its name.
    func finish() throws(LandmarkdError) {
        try interrupt()
        guard let partialPath else { return }
        guard rename(partialPath, path) == 0 else {
            throw LandmarkdError(
                .cannotCreate, "\(path): renaming \(partialPath): \(systemFault())", remedy: "rename it by hand")
        }
    }

    /// Flushes and syncs; the partial file stays.
    func interrupt() throws(LandmarkdError) {
        try flush()
        guard partialPath != nil else { return }
        let open = descriptor
        descriptor = -1
        let synced = fsync(open) == 0
        let why = systemFault()
        guard close(open) == 0, synced else { throw fault(synced ? systemFault() : why) }
    }

    /// After `written` bytes of `text`: cuts the file back to its last whole row.
    private func removeCutRow(_ written: Int) {
        guard partialPath != nil else { return }
        let cut = text.bytes[..<written].reversed().prefix { $0 != UInt8(ascii: "\n") }.count
        let end = lseek(descriptor, 0, SEEK_CUR)
        if end >= cut { _ = ftruncate(descriptor, end - cut) }
    }

    private func fault(_ why: String) -> LandmarkdError {
        let kept = partialPath.map { "; whole rows so far are in \($0)" } ?? ""
        return LandmarkdError(
            .inputOutput, "\(path): writing: \(why)\(kept)", remedy: "free space there, or write to another disk")
    }
}
