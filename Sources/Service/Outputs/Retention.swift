import Base
import Capture
import Glibc
import Logging

/// How long the files of a rotated output are kept; what exceeds either limit is removed, oldest first.
package struct Retention: Sendable, Equatable {
    /// Seconds since the last row was written; nil: any age.
    package var age: Double?
    /// All files together, the one being written included; nil: any number of bytes.
    package var bytes: Int?

    /// From an age, a size, or both: "30d", "20GB", "30d,20GB". Ages are whole hours (h) or days (d).
    init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        guard 1...2 ~= parts.count else { return nil }
        for part in parts {
            if let age = Self.age(part), self.age == nil {
                self.age = age
            } else if let bytes = byteCount(part), self.bytes == nil {
                self.bytes = bytes
            } else {
                return nil
            }
        }
    }

    private static func age(_ text: String) -> Double? {
        guard let unit = ["h": 3600.0, "d": 86400][String(text.suffix(1))],
            let count = wholeNumber(String(text.dropLast())),
            1...100_000 ~= count
        else { return nil }
        return Double(count) * unit
    }
}

/// A size of 1 kB to 1000000 GB: "500kB", "100 MB", "2GB"; nil where it is not written so.
func byteCount(_ text: String) -> Int? {
    let units = [("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000)]
    guard let (unit, bytes) = units.first(where: { text.hasSuffix($0.0) }),
        let count = wholeNumber(String(text.dropLast(unit.count).filter { $0 != " " })), 1...1_000_000 ~= count
    else { return nil }
    return count * bytes
}

/// Removes files of an output that are no longer to be kept: only those with a name of its own pattern, and none that is being written.
struct RetentionSweep {
    let names: RotatedNames
    let limits: Retention

    struct Outcome {
        var removed = 0
        var bytes = 0
        /// Why a file could not be removed.
        var fault: String?
    }

    private struct File {
        var path: String
        var order: (stamp: String, number: Int)
        var isPartial: Bool
        var bytes: Int
        /// Unix time of its last row.
        var lastTime: Double
    }

    /// `open`: the file being written. `now`: Unix time.
    func run(open: String?, now: Double) -> Outcome {
        var outcome = Outcome()
        let found = files()
        var total = found.reduce(0) { $0 + $1.bytes }
        for file in found.sorted(by: { $0.order < $1.order }) where file.path != open {
            let isOld = limits.age.map { now - file.lastTime > $0 } ?? false
            guard isOld || limits.bytes.map({ total > $0 }) ?? false else { continue }
            switch remove(file) {
            case .removed:
                total -= file.bytes
                (outcome.removed, outcome.bytes) = (outcome.removed + 1, outcome.bytes + file.bytes)
            case .inUse: break
            case .failed(let why): outcome.fault = outcome.fault ?? "\(file.path): removing: \(why)"
            }
        }
        return outcome
    }

    private func files() -> [File] {
        let folder = names.folder.isEmpty ? "." : names.folder
        return ((try? Capture.names(inFolder: folder)) ?? []).compactMap { name in
            guard let parts = names.parts(of: name) else { return nil }
            let path = names.folder + name
            var status = stat()
            guard path.withSystemPath({ lstat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
                return nil
            }
            return File(
                path: path, order: parts.order, isPartial: parts.isPartial, bytes: Int(status.st_size),
                lastTime: Double(status.st_mtim.tv_sec))
        }
    }

    private enum Removal {
        case removed
        case inUse
        case failed(String)
    }

    /// A partial file that a crash left behind is removed like others; whoever still writes to one holds its lock.
    private func remove(_ file: File) -> Removal {
        var descriptor: Int32 = -1
        defer { if descriptor >= 0 { close(descriptor) } }
        if file.isPartial {
            descriptor = file.path.withSystemPath { Glibc.open($0, O_RDWR | O_NOFOLLOW | O_CLOEXEC) }
            guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return .inUse }
        }
        guard file.path.withSystemPath({ unlink($0) }) == 0 || errno == ENOENT else { return .failed(systemFault()) }
        return .removed
    }
}

/// Sweeps now and then, and logs what was removed. Bound to the output's thread.
struct RetentionCleaner {
    /// Seconds between two sweeps.
    private static let interval = 60.0
    /// Least seconds between two sweeps that each have a new file as their reason.
    var shortest = 5.0
    private let sweep: RetentionSweep
    private let name: String
    private let log: Logger?
    private var lastTime = -Double.infinity
    /// Reported already.
    private var fault: String?

    init(_ sweep: RetentionSweep, name: String, log: Logger?) { (self.sweep, self.name, self.log) = (sweep, name, log) }

    /// Sweeps if it is time; `now`: a new file makes it worthwhile.
    mutating func clean(open: String?, now: Bool) {
        let time = monotonicSeconds()
        guard time - lastTime >= (now ? shortest : Self.interval) else { return }
        lastTime = time
        let outcome = sweep.run(open: open, now: unixSeconds())
        if outcome.removed > 0 {
            let size = decimal(Double(outcome.bytes) / 1e6, 1)
            log?.notice("\(name): removed the oldest files, \(outcome.removed) with \(size) MB, as 'keep' says")
        }
        if let fault = outcome.fault, fault != self.fault {
            log?.warning("\(fault); old files stay until they can be removed")
        }
        fault = outcome.fault
    }
}
