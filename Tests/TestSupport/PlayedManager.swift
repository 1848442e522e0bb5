import Foundation

/// The service manager's end of the socket that `NOTIFY_SOCKET` names.
public final class PlayedManager: Sendable {
    /// As the variable has it.
    public let name: String
    private let descriptor: Int32
    private let folder: TemporaryFolder

    /// Listens at a path, or under an abstract name.
    public init(isAbstract: Bool = false) throws {
        folder = try TemporaryFolder()
        name = isAbstract ? "@landmarkd-test-\(UUID().uuidString)" : folder.path("notify")
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var bytes = Array(name.utf8)
        if isAbstract { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + bytes.count)
        let descriptor = descriptor
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
        }
        guard isBound else { throw CocoaError(.fileWriteUnknown) }
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Waits for the next message; nil where none comes in 30 s. For a thread, never for a task.
    public func next() -> String? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Waits for a message that holds `text`; what came before is dropped. Nil where none comes.
    public func next(with text: String) -> String? {
        for _ in 0..<10_000 {
            guard let message = next() else { return nil }
            if message.contains(text) { return message }
        }
        return nil
    }
}
