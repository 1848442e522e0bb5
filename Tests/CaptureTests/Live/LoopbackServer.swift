import Foundation
import Synchronization

/// A TCP server on loopback at a port of its own, that plays one conversation to all who come. It is closed when it is released
/// and the last client has gone.
final class LoopbackServer: Sendable {
    let port: Int
    private let listener: Int32
    private let heads = Mutex<[String]>([])

    /// What clients have asked so far: all heads of requests.
    var requests: [String] { heads.withLock { $0 } }

    /// One connection, on a thread of its own.
    struct Connection: Sendable {
        fileprivate let descriptor: Int32
        fileprivate let server: LoopbackServer

        /// The next request's head, up to the empty line; nil once the client has gone.
        func request() -> String? {
            var head: [UInt8] = []
            while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                var byte: UInt8 = 0
                guard recv(descriptor, &byte, 1, 0) == 1 else { return nil }
                head.append(byte)
            }
            let text = String(decoding: head, as: UTF8.self)
            server.heads.withLock { $0.append(text) }
            return text
        }

        /// False once the client has gone.
        @discardableResult
        func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        @discardableResult
        func send(_ text: String) -> Bool { send(Array(text.utf8)) }

        /// Says nothing until the client goes.
        func hang() { while request() != nil {} }
    }

    init(_ conversation: @escaping @Sendable (Connection) -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard isListening else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { [weak self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0, let server = self else {
                    // Closed by who waits at it: its number must not be another server's meanwhile.
                    if descriptor >= 0 { close(descriptor) }
                    close(listener)
                    return
                }
                Thread {
                    conversation(Connection(descriptor: descriptor, server: server))
                    close(descriptor)
                }.start()
            }
        }.start()
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }
}

/// An HTTP answer of known length.
func httpAnswer(_ status: String, _ type: String, _ body: [UInt8]) -> [UInt8] {
    Array("HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
}
