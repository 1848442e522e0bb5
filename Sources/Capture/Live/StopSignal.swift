import Base
import CV4L2
import Glibc
import Synchronization

/// Asks a thread that waits for a device to end: a flag that `poll` can wait for. May be used by any thread.
package final class StopSignal: Sendable {
    /// Readable once the signal is set; for `poll`, never to be read. -1, which `poll` passes over, where the process has no
    /// descriptor left: waiting then ends a little later.
    package let descriptor: Int32
    private let flag = Atomic(false)

    package init() { descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) }

    deinit { if descriptor >= 0 { close(descriptor) } }

    package func set() {
        flag.store(true, ordering: .releasing)
        eventfd_write(descriptor, 1)
    }

    package var isSet: Bool { flag.load(ordering: .acquiring) }

    /// Waits until the signal is set for up to `seconds`; whether it is.
    @discardableResult
    package func wait(seconds: Double) -> Bool {
        let end = monotonicSeconds() + seconds
        while descriptor < 0, !isSet, monotonicSeconds() < end { poll(nil, 0, 50) }
        if descriptor < 0 { return isSet }
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return retrying { Int(poll(&entry, 1, pollMilliseconds(seconds))) } > 0
    }
}

/// Seconds as `poll` takes them: rounded up, from 0 to an hour; 0 for what is no number.
func pollMilliseconds(_ seconds: Double) -> Int32 {
    seconds > 0 ? Int32((min(seconds, 3600) * 1000).rounded(.up)) : 0
}
