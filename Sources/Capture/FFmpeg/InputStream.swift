import Base
import CFFmpeg
import Glibc
import Synchronization

/// A pipe, a socket or a device that is read as it comes, once. FFmpeg reads its descriptor by the protocol "pipe".
///
/// Nothing here waits in the kernel: opening does not wait for a writer, and reads do not block, so that FFmpeg asks
/// between two attempts whether to go on.
final class InputStream: Sendable {
    let descriptor: Int32
    private let cancelled = Atomic(false)

    /// Opens it and waits for its first bytes. Throws as `checkedInputSize` does, or `interrupted`.
    init(_ path: String) throws(LandmarkdError) {
        descriptor = openForReading(path)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, 100) <= 0 {
            if mustEnd { throw Self.interrupted(path) }
        }
        guard entry.revents & Int16(POLLIN) != 0 else {
            throw LandmarkdError(
                .unusableData, "\(path): it ended before a single byte came",
                remedy: "check the program that writes to it")
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Ends all waiting, from any thread.
    func cancel() { cancelled.store(true, ordering: .relaxed) }

    var mustEnd: Bool { cancelled.load(ordering: .relaxed) || Interruption.isAsked }

    /// For FFmpeg, which asks through an unowned pointer.
    var interruptCallback: AVIOInterruptCB {
        AVIOInterruptCB(
            callback: { Unmanaged<InputStream>.fromOpaque($0!).takeUnretainedValue().mustEnd ? 1 : 0 },
            opaque: Unmanaged.passUnretained(self).toOpaque())
    }

    /// All bytes to the end, or nil where there are more than `limit`. Throws `inputOutput` or `interrupted`.
    func readAll(_ path: String, atMost limit: Int) throws(LandmarkdError) -> [UInt8]? {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = retrying { read(descriptor, &block, block.count) }
            if count == 0 { return bytes }
            if count > 0 {
                bytes += block[..<count]
                continue
            }
            guard errno == EAGAIN else { throw unreadable(path, errno) }
            if mustEnd { throw Self.interrupted(path) }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&entry, 1, 100)
        }
        return nil
    }

    static func interrupted(_ path: String) -> LandmarkdError {
        LandmarkdError(
            .interrupted, "\(path): interrupted while waiting for more of it", remedy: "run it again from its start")
    }
}
