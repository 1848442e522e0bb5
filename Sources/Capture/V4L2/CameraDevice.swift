import Base
import CV4L2
import Glibc

/// A camera's device node, opened; closed when it is released.
final class CameraDevice {  // thread-bound
    let path: String
    let calls: CameraCalls
    let descriptor: Int32

    /// Throws `unavailable` (not there), `noPermission`, `tryLater` (busy).
    init(_ path: String, calls: CameraCalls = .kernel) throws(LandmarkdError) {
        (self.path, self.calls) = (path, calls)
        descriptor = Int32(retrying { Int(calls.open(path)) })
        guard descriptor >= 0 else { throw cameraFault(path, "opening", errno) }
    }

    deinit { if descriptor >= 0 { _ = calls.close(descriptor) } }

    /// Does an ioctl; 0, or the errno it failed with.
    func attempt<Argument>(_ request: UInt, _ argument: inout Argument) -> Int32 {
        withUnsafeMutablePointer(to: &argument) { pointer in
            retrying { Int(calls.ioctl(descriptor, request, UnsafeMutableRawPointer(pointer))) } < 0 ? errno : 0
        }
    }

    /// Does an ioctl that must succeed; `doing` says what for: "choosing the format".
    func perform<Argument>(
        _ request: UInt, _ argument: inout Argument, _ doing: String
    ) throws(LandmarkdError) {
        let fault = attempt(request, &argument)
        if fault != 0 { throw cameraFault(path, doing, fault, own: descriptor) }
    }

    /// Waits until the device has a buffer or an event for us, or an error; what of these as `poll` tells, 0 where the
    /// time is up, nil where `stop` was set.
    func wait(seconds: Double, stop: StopSignal) -> Int16? {
        var entries = [
            pollfd(fd: descriptor, events: Int16(POLLIN | POLLPRI), revents: 0),
            pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = entries.withUnsafeMutableBufferPointer { entries in
            retrying { Int(calls.poll(entries, pollMilliseconds(seconds))) }
        }
        if entries[1].revents != 0 { return nil }
        return count < 0 ? Int16(POLLERR) : entries[0].revents
    }
}

/// Text of a fixed array of bytes, as V4L2 keeps names.
func fixedText<Bytes>(_ bytes: Bytes) -> String {
    withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
