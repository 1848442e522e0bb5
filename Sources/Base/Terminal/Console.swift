import Glibc
import Synchronization

/// Standard error for everything but results: messages, notes and one progress bar that do not overwrite each other.
package final class Console: Sendable {
    private let quiet: Bool
    private let bar: Mutex<ProgressBar>

    /// `title` names the task before the bar; `quiet` leaves only errors and warnings.
    package init(title: String, quiet: Bool) {
        self.quiet = quiet
        bar = Mutex(ProgressBar(title: title, quiet: quiet))
    }

    /// `share` and `detail` as in `ProgressBar.update`.
    package func progress(share: Double?, detail: @Sendable () -> String) {
        bar.withLock { $0.update(share: share, detail: detail) }
    }

    /// A line for interactive users; suppressed where quiet.
    package func note(_ text: String) { if !quiet { print("\(text.shown)\n") } }

    /// A warning in one line, shown even where quiet.
    package func warn(_ text: String) { print("warning: \(text.shown)\n") }

    /// An error with its remedy.
    package func report(_ error: LandmarkdError) { print("landmarkd: \(error)\n") }

    /// Removes the bar: the task is done.
    package func clear() { bar.withLock { $0.clear() } }

    private func print(_ text: String) {
        bar.withLock { bar in
            bar.clear()
            // If standard error cannot be written, there is nowhere to report it.
            _ = try? writeAll(Array(text.utf8), to: STDERR_FILENO, path: "standard error")
        }
    }
}

/// How far a long task is, on standard error: a bar on a terminal, else a line every few seconds. Thread-bound.
package struct ProgressBar {
    package enum Style: Sendable {
        case bar
        case lines
        case none
    }

    /// Seconds between two lines, and between two states of the bar.
    private static let pauses = (lines: 5.0, bar: 0.1)
    private static let cells = 24

    private let style: Style
    private let title: String
    private let started = monotonicSeconds()
    private var shown = monotonicSeconds()
    private var isBarShown = false

    /// A bar where standard error is a terminal, lines elsewhere, nothing where `quiet`.
    package init(title: String, quiet: Bool) {
        self.init(title: title, style: quiet ? .none : isatty(STDERR_FILENO) == 1 ? .bar : .lines)
    }

    package init(title: String, style: Style) { (self.title, self.style) = (title.shown, style) }

    /// Seconds since the start.
    package var seconds: Double { monotonicSeconds() - started }

    /// Shows the state, if the last one is long enough ago. `share` is 0…1, nil where the whole is not known; `detail`
    /// is asked only then.
    package mutating func update(share: Double?, detail: () -> String) {
        let pause = style == .bar ? Self.pauses.bar : Self.pauses.lines
        guard style != .none, monotonicSeconds() - shown >= pause else { return }
        shown = monotonicSeconds()
        Self.write(text(share: share, detail: detail().shown))
        isBarShown = style == .bar
    }

    /// Removes the bar, so that a message can take its line.
    package mutating func clear() {
        if isBarShown { Self.write("\r\u{1B}[K") }
        isBarShown = false
    }

    func text(share: Double?, detail: String) -> String {
        let share = share.map { min(1, max(0, $0)) }
        let percent = share.map { "\(Int($0 * 100)) %, " } ?? ""
        guard style == .bar else { return "\(title): \(percent)\(detail)\n" }
        let filled = Int((share ?? 0) * Double(Self.cells))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.cells - filled)
        return "\r\u{1B}[K\(title) \(share == nil ? "" : "[\(bar)] ")\(percent)\(detail)"
    }

    private static func write(_ text: String) {
        // Progress that cannot be shown is no reason to stop.
        _ = try? writeAll(Array(text.utf8), to: STDERR_FILENO, path: "standard error")
    }
}
