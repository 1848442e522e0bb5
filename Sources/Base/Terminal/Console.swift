import Glibc
import Synchronization

/// Standard error as everything but results uses it: messages, notes and one progress bar that do not cut each other.
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

    /// A line for somebody who watches; none where quiet.
    package func note(_ text: String) { if !quiet { print("\(text.shown)\n") } }

    /// A doubt that does not stop the task, in one line; quiet silences progress, not this.
    package func warn(_ text: String) { print("warning: \(text.shown)\n") }

    /// What failed and what to do about it.
    package func report(_ error: LandmarkdError) { print("landmarkd: \(error)\n") }

    /// Removes the bar: the task is done.
    package func clear() { bar.withLock { $0.clear() } }

    private func print(_ text: String) {
        bar.withLock { bar in
            bar.clear()
            // There is nowhere to tell that standard error cannot be written.
            _ = try? writeAll(Array(text.utf8), to: STDERR_FILENO, path: "standard error")
        }
    }
}
