import Glibc
import Synchronization

/// Seconds since some moment in the past, never going back: for measuring how long something took.
package func monotonicSeconds() -> Double { seconds(CLOCK_MONOTONIC) }

/// Seconds since 1970, by the clock that may be set.
package func unixSeconds() -> Double { seconds(CLOCK_REALTIME) }

/// Processor seconds of the calling thread.
package func threadProcessorSeconds() -> Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

private func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Processor cores that are there to be used.
package func processorCount() -> Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

/// strerror's text for `code`, by default the last failed call's errno.
package func systemFault(_ code: Int32 = errno) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        guard strerror_r(code, buffer.baseAddress!, buffer.count) == 0 else { return "error \(code)" }
        return String(cString: buffer.baseAddress!)
    }
}

/// Repeats a call that a signal interrupted; the result is −1 with errno set where it failed.
package func retrying(_ call: () -> Int) -> Int {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

/// As `landmarkd --version` prints it.
package let programVersion = "0.1.0"

/// Whether the user (SIGINT), the system (SIGTERM) or a terminal that closes (SIGHUP) asked the program to end; long loops ask and end tidily.
package enum Interruption {
    private static let asked = Atomic(false)
    private static let patience = Atomic<UInt32>(0)

    package static var isAsked: Bool { asked.load(ordering: .relaxed) }

    /// From here on the first signal only asks. A second one, or `patience` seconds without an end, ends the program at
    /// once: no call into a file system or a device that never returns can keep it.
    ///
    /// Signals reach the first thread, which waits for nothing else: an asynchronous `main` runs on others.
    package static func watch(patience seconds: UInt32 = 10) {
        _ = isAsked  // makes the flag before a handler can want it
        patience.store(seconds, ordering: .relaxed)
        signal(SIGALRM) { _ in Interruption.giveUp() }
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGALRM)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // Under nohup a closed terminal is to be ignored.
            if number == SIGHUP, isIgnored(SIGHUP) { continue }
            sigaddset(&signals, number)
            signal(number) { number in
                Interruption.asked.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
                alarm(Interruption.patience.load(ordering: .relaxed))
            }
        }
        // Who started us may have had them blocked, which is handed on.
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Calls only what a signal handler may.
    private static func giveUp() -> Never {
        let text: StaticString = """
            landmarkd: interrupted; ended without what was left to do, since a file or device did not answer
              remedy: check the disk, the network mount or the pipe that it waited for

            """
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        _exit(ExitCode.interrupted.rawValue)
    }
}
