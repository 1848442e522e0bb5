import Base
import Glibc

/// The service manager that started this process, by the protocol of sd_notify(3), without libsystemd.
struct ServiceManager: Sendable {
    /// Where it listens: a path, or an abstract name after "@"; nil where there is none.
    private let socketName: String?
    /// Seconds after which it gives up on a process that has not said `WATCHDOG=1`; nil where it does not watch.
    let watchdogTime: Double?

    init(environment: [String: String]) {
        socketName = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isForUs = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        let time = environment["WATCHDOG_USEC"].flatMap { Double($0) }.map { $0 / 1e6 }
        watchdogTime = isForUs ? time.flatMap { $0 > 0 ? $0 : nil } : nil
    }

    /// Whether there is a manager.
    var isPresent: Bool { socketName != nil }

    /// Sends lines such as "READY=1". Waits at most half a second for buffer space; false where sending failed.
    @discardableResult
    func tell(_ lines: String...) -> Bool {
        guard let socketName else { return false }
        return sendDatagram(Array(lines.joined(separator: "\n").utf8), to: socketName)
    }
}

/// Sends one datagram to a Unix socket: a path, or an abstract name after "@". Waits at most half a second for buffer space; false where
/// sending failed.
func sendDatagram(_ text: [UInt8], to name: String) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var patience = timeval(tv_sec: 0, tv_usec: 500_000)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    return withAddress(name) { address, length in
        retrying { sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), address, length) } == text.count
    } ?? false
}

/// A socket's address; nil where the name is too long.
private func withAddress<Value>(
    _ name: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
) -> Value? {
    var bytes = Array(name.utf8)
    if name.hasPrefix("@") { bytes[0] = 0 }
    var address = sockaddr_un()
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    // An abstract name has no zero at its end: its length is exact.
    let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + bytes.count
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
    }
}
