import Base
import Capture
import Glibc

/// Detects changes where a source should be, so that a camera that is plugged in need not wait for the end of a pause.
struct SourceWatch {
    private struct Trace: Equatable {
        var number: UInt = 0
        var changed = 0
        var changedPart = 0
    }

    /// The source's path, or where devices appear; nothing for addresses.
    private let paths: [String]
    private var traces: [Trace?]

    init(_ source: String, _ kind: SourceKind, devices: String = "/dev") {
        paths = kind == .network ? [] : [source, devices]
        traces = paths.map(Self.trace)
    }

    /// Whether another attempt is worthwhile. Costs two system calls.
    mutating func hasChanged() -> Bool {
        let now = paths.map(Self.trace)
        defer { traces = now }
        return now != traces
    }

    private static func trace(_ path: String) -> Trace? {
        var status = stat()
        guard path.withSystemPath({ stat($0, &status) }) == 0 else { return nil }
        let changed = status.st_ctim
        return Trace(number: UInt(status.st_ino), changed: changed.tv_sec, changedPart: changed.tv_nsec)
    }
}

extension StopSignal {
    /// Waits for a pause before the next attempt; less where the watched source has changed. False once the signal is set.
    func pause(seconds: Double, watching watch: inout SourceWatch) -> Bool {
        let end = monotonicSeconds() + seconds
        while true {
            let rest = end - monotonicSeconds()
            if rest <= 0 || watch.hasChanged() { return !isSet }
            if wait(seconds: min(rest, 0.5)) { return false }
        }
    }
}
