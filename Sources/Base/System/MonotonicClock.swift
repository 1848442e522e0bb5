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
