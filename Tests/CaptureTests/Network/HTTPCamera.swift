import Base
import Foundation
import Synchronization

@testable import Capture

/// A camera on loopback that answers each request with `answer`, over one connection as long as the client keeps it.
final class HTTPCamera: Sendable {
    /// A request as it came.
    struct Request: Sendable {
        /// From 0 on, over all connections.
        let number: Int
        /// From 0 on.
        let connection: Int
        let head: String
        /// In monotonic seconds.
        let time: Double

        var path: String { String(head.split(separator: " ").dropFirst().first ?? "") }

        /// The value of a header field.
        func field(_ name: String) -> String? {
            let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            return line.map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
    }

    let server: LoopbackServer
    private let log: Log

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
        let connections = Atomic(0)
    }

    /// `answer` sends what it likes; false closes the connection.
    init(_ answer: @escaping @Sendable (LoopbackServer.Connection, Request) -> Bool) throws {
        let log = Log()
        self.log = log
        server = try LoopbackServer { connection in
            let place = log.connections.add(1, ordering: .relaxed).oldValue
            while let head = connection.request() {
                let request = log.requests.withLock { requests in
                    let request = Request(
                        number: requests.count, connection: place, head: head, time: monotonicSeconds())
                    requests.append(request)
                    return request
                }
                guard answer(connection, request) else { return }
            }
        }
    }

    var port: Int { server.port }
    var requests: [Request] { log.requests.withLock { $0 } }
    var connectionCount: Int { log.connections.load(ordering: .relaxed) }

    func open(
        _ path: String = "/live", user: String = "", patience: NetworkOpener.Patience = .long, rate: Double = 1000,
        stop: StopSignal = StopSignal()
    ) throws -> any LiveSource {
        let address = "http://\(user)127.0.0.1:\(port)\(path)"
        return try NetworkOpener(address, patience: patience, snapshotRate: rate).open(stop: stop)
    }
}

extension NetworkOpener.Patience {
    /// As much time as a busy machine may take.
    static var long: Self { Self(opening: 120, reading: 120) }

    static func reading(_ seconds: Double) -> Self { Self(opening: 120, reading: seconds) }
}

/// The head of an answer without an end.
func streamHead(_ type: String = "multipart/x-mixed-replace; boundary=cut") -> String {
    "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\n\r\n"
}

/// A part with a picture.
func part(_ picture: [UInt8]) -> [UInt8] {
    Array("--cut\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n".utf8) + picture
        + Array("\r\n".utf8)
}

/// JPEGs of 64×48, of such brightnesses.
func pictures(_ brightnesses: [UInt8]) throws -> [[UInt8]] {
    try brightnesses.map { try jpegPictures([$0], width: 64, height: 48) }
}
