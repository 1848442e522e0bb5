import Base
import CV4L2
import Glibc

/// Asks a thread that waits for a device to end: a flag that `poll` can wait for. May be used by any thread.
package final class StopSignal: Sendable {
    /// Readable once the signal is set; for `poll`, never to be read.
    package let descriptor: Int32

    /// Traps where the process has no descriptor left.
    package init() {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(descriptor >= 0, "making an event descriptor: \(systemFault())")
    }

    deinit { close(descriptor) }

    package func set() { eventfd_write(descriptor, 1) }

    package var isSet: Bool { wait(seconds: 0) }

    /// Waits until the signal is set, at most so long; whether it is.
    @discardableResult
    package func wait(seconds: Double) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return retrying { Int(poll(&entry, 1, Int32((seconds * 1000).rounded(.up)))) } > 0
    }
}
