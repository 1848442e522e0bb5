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

    /// Waits until the device has a buffer or an event for us, or an error; returns the events as `poll` reports them, 0 where the
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

/// The system calls of a camera client: the kernel's, libv4l2's, or those of a camera that a test plays.
///
/// Each fails as its namesake does: −1 or nil, and errno.
struct CameraCalls: Sendable {
    var open: @Sendable (String) -> Int32
    var close: @Sendable (Int32) -> Int32
    var ioctl: @Sendable (Int32, UInt, UnsafeMutableRawPointer) -> Int32
    /// Milliseconds at most; −1 waits for ever.
    var poll: @Sendable (UnsafeMutableBufferPointer<pollfd>, Int32) -> Int32
    /// Memory of a buffer: descriptor, bytes, place.
    var map: @Sendable (Int32, Int, Int) -> UnsafeMutableRawPointer?
    var unmap: @Sendable (UnsafeMutableRawPointer, Int) -> Void

    /// The kernel's: frames as the camera delivers them.
    static let kernel = CameraCalls(
        open: { Glibc.open($0, O_RDWR | O_NONBLOCK | O_CLOEXEC) },
        close: { Glibc.close($0) },
        ioctl: { Glibc.ioctl($0, $1, $2) },
        poll: { Glibc.poll($0.baseAddress!, nfds_t($0.count), $1) },
        map: { descriptor, count, offset in
            let memory = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, off_t(offset))
            return memory == MAP_FAILED ? nil : memory
        },
        unmap: { _ = munmap($0, $1) })

    /// libv4l2's, which converts what the camera delivers to what is asked of it.
    static let converting = {
        var calls = kernel
        calls.open = { path in
            lm_v4l2_be_quiet()
            let descriptor = kernel.open(path)
            guard descriptor >= 0, v4l2_fd_open(descriptor, 0) < 0 else { return descriptor }
            let fault = errno
            _ = kernel.close(descriptor)
            errno = fault
            return -1
        }
        calls.close = { v4l2_close($0) }
        calls.ioctl = { lm_v4l2_ioctl($0, $1, $2) }
        calls.map = { descriptor, count, offset in
            let memory = v4l2_mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, Int64(offset))
            return memory == MAP_FAILED ? nil : memory
        }
        calls.unmap = { _ = v4l2_munmap($0, $1) }
        return calls
    }()
}

/// Who a V4L2 device says it is.
struct CameraCapabilities: Equatable, Sendable {
    /// The product's name: "HD Pro Webcam C920".
    let card: String
    /// The kernel's driver: "uvcvideo".
    let driver: String
    /// Where it is plugged in: "usb-0000:00:14.0-1".
    let bus: String
    /// Capabilities of this node: a device may have several.
    private let flags: UInt32

    init(_ answer: v4l2_capability) {
        (card, driver, bus) = (fixedText(answer.card), fixedText(answer.driver), fixedText(answer.bus_info))
        let tellsNode = answer.capabilities & UInt32(V4L2_CAP_DEVICE_CAPS) != 0
        flags = tellsNode ? answer.device_caps : answer.capabilities
    }

    /// Whether video comes out of this node: not one for metadata, for showing, or of a decoder.
    var isCamera: Bool {
        has(V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE) && !has(V4L2_CAP_VIDEO_M2M)
            && !has(V4L2_CAP_VIDEO_M2M_MPLANE)
    }

    /// Why landmarkd cannot read it; nil where it can.
    var whyUnusable: String? {
        if !isCamera { return "captures no video" }
        if !has(V4L2_CAP_VIDEO_CAPTURE) {
            return "delivers its planes in separate buffers only, which is not supported"
        }
        return has(V4L2_CAP_STREAMING) ? nil : "does not stream into shared buffers, which is needed"
    }

    private func has(_ flag: Int32) -> Bool { flags & UInt32(bitPattern: flag) != 0 }
}
