import Glibc
import Synchronization

/// Whether the user (SIGINT) or the system (SIGTERM) asked the program to end; long loops ask and end tidily.
package enum Interruption {
    private static let asked = Atomic(false)

    package static var isAsked: Bool { asked.load(ordering: .relaxed) }

    /// From here on the first signal only asks; a second one ends the program at once.
    package static func watch() {
        _ = isAsked  // makes the flag before a handler can want it
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] {
            sigaddset(&signals, number)
            signal(number) { number in
                Interruption.asked.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
        // Who started us may have had them blocked, which is handed on.
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
