import CV4L2
import Glibc

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
