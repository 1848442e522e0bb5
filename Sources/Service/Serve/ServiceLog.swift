import Base
import Glibc
import Logging
import Synchronization

/// The daemon's log on standard error: for journald with its priorities and without a time, else for people.
package final class ServiceLog: Sendable {
    /// How a line begins.
    enum Style: Sendable {
        /// `<4>door: …`, as sd-daemon(3) has it.
        case journal
        /// `22:31:43 warning: door: …`
        case terminal
        /// `2026-11-25T22:31:43Z warning: door: …`
        case file
    }

    private let level = Mutex(Logger.Level.info)
    private let style: Style
    private let write: @Sendable (String) -> Void

    package convenience init() {
        self.init(style: Self.styleOfStandardError()) { line in
            // If standard error cannot be written, there is nowhere to report it.
            _ = try? writeAll(Array(line.utf8), to: STDERR_FILENO, path: "standard error")
        }
    }

    init(style: Style, write: @escaping @Sendable (String) -> Void) {
        (self.style, self.write) = (style, write)
    }

    /// Applies to existing loggers too.
    package func set(_ level: Logger.Level) { self.level.withLock { $0 = level } }

    /// `least`: the lowest level, for libraries that log a lot.
    package func logger(_ label: String = "landmarkd", least: Logger.Level = .trace) -> Logger {
        Logger(label: label) { [self] _ in Handler(log: self, least: least) }
    }

    private struct Handler: LogHandler {
        let log: ServiceLog
        /// Level of this logger; the settings' level counts too.
        var least: Logger.Level
        var metadata: Logger.Metadata = [:]

        var logLevel: Logger.Level {
            get { max(least, log.level.withLock { $0 }) }
            set { least = newValue }
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let stream = metadata["stream"].map { "\($0): " } ?? ""
            let rest = metadata.merging(event.metadata ?? [:]) { $1 }.filter { $0.key != "stream" }
            let details =
                rest.isEmpty ? "" : " (\(rest.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ")))"
            log.write(log.line(event.level, "\(stream)\(event.message)\(details)"))
        }
    }

    func line(_ level: Logger.Level, _ message: String) -> String {
        let text = message.shown
        return switch style {
        case .journal: "<\(Self.priority(level))>\(text)\n"
        case .terminal: "\(Self.time("%H:%M:%S", local: true)) \(level): \(text)\n"
        case .file: "\(Self.time("%Y-%m-%dT%H:%M:%SZ", local: false)) \(level): \(text)\n"
        }
    }

    /// As syslog(3) numbers them.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func time(_ format: String, local: Bool) -> String {
        var now = time_t(unixSeconds())
        var parts = tm()
        if local { localtime_r(&now, &parts) } else { gmtime_r(&now, &parts) }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            strftime(text.baseAddress!, 64, format, &parts)
            return String(cString: text.baseAddress!)
        }
    }

    /// `JOURNAL_STREAM` names the device and inode of the journal's end of a stream.
    private static func styleOfStandardError() -> Style {
        var status = stat()
        if let stream = getenv("JOURNAL_STREAM").map({ String(cString: $0) }), fstat(STDERR_FILENO, &status) == 0,
            stream == "\(status.st_dev):\(status.st_ino)"
        {
            return .journal
        }
        return isatty(STDERR_FILENO) == 1 ? .terminal : .file
    }
}
