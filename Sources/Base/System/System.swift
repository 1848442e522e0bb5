import Glibc

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
