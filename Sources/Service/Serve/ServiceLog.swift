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
    /// journald's socket, for fields beside the message; nil where lines are written.
    private let journal: String?
    private let write: @Sendable (String) -> Void

    package convenience init() {
        let style = Self.styleOfStandardError()
        self.init(style: style, journal: style == .journal ? "/run/systemd/journal/socket" : nil) { line in
            // If standard error cannot be written, there is nowhere to report it.
            _ = try? writeAll(Array(line.utf8), to: STDERR_FILENO, path: "standard error")
        }
    }

    init(style: Style, journal: String? = nil, write: @escaping @Sendable (String) -> Void) {
        (self.style, self.journal, self.write) = (style, journal, write)
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
            let stream = metadata["stream"].map { "\($0)" }
            let rest = metadata.merging(event.metadata ?? [:]) { $1 }.filter { $0.key != "stream" }
            let details =
                rest.isEmpty ? "" : " (\(rest.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ")))"
            log.put(event.level, "\(stream.map { "\($0): " } ?? "")\(event.message)\(details)", stream: stream)
        }
    }

    /// To the journal with its fields; as a line where there is none, or where it does not take the message.
    private func put(_ level: Logger.Level, _ message: String, stream: String?) {
        if let journal, sendDatagram(Self.entry(level, message, stream: stream), to: journal) { return }
        write(line(level, message))
    }

    /// An entry of the journal's native protocol: a field a line, none of which holds a line end.
    private static func entry(_ level: Logger.Level, _ message: String, stream: String?) -> [UInt8] {
        let fields = ["PRIORITY=\(priority(level))", "SYSLOG_IDENTIFIER=landmarkd", "MESSAGE=\(message.shown)"]
        return Array((fields + (stream.map { ["STREAM=\($0.shown)"] } ?? [])).joined(separator: "\n").utf8) + [10]
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
