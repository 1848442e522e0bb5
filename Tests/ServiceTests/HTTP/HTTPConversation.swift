import Foundation
import Glibc

/// One connection to a port of this machine, byte by byte: says what no library would. Thread-bound; waits, so not for tasks.
final class HTTPConversation {
    struct Answer: Sendable {
        let status: Int
        /// Names in lower case.
        let headers: [String: String]
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    struct Failure: Error {
        let what: String
    }

    private let socket: Int32
    private var unread: [UInt8] = []
    private var events: [UInt8] = []

    /// `seconds`: how long a read may wait. `buffer`: bytes that the kernel takes for us before we read.
    init(port: Int, seconds: Int = 30, buffer: Int32? = nil) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw Failure(what: "no socket") }
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        if var buffer { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &buffer, 4) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(what: "connecting: \(String(cString: strerror(errno)))") }
    }

    deinit { close(socket) }

    func send(_ text: String) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Failure(what: "sending: \(String(cString: strerror(errno)))") }
            bytes = bytes.dropFirst(count)
        }
    }

    func ask(_ path: String, method: String = "GET", headers: [String] = ["Host: localhost"]) throws {
        try send("\(method) \(path) HTTP/1.1\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n")
    }

    /// An answer with all of its body. `hasBody`: false for HEAD.
    func answer(hasBody: Bool = true) throws -> Answer {
        var answer = try head()
        guard hasBody, let length = answer.headers["content-length"].flatMap(Int.init) else { return answer }
        while unread.count < length { try readMore() }
        answer.body = Array(unread.prefix(length))
        unread.removeFirst(length)
        return answer
    }

    /// The lines before the body.
    func head() throws -> Answer {
        let lines = try until("\r\n\r\n").components(separatedBy: "\r\n")
        guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure(what: "no answer: \(lines[0])")
        }
        let headers = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), line[colon...].dropFirst().trimmingCharacters(in: .whitespaces))
        }
        return Answer(status: status, headers: Dictionary(headers) { $1 })
    }

    /// One event, or comment, of an event stream that is sent in chunks, without the empty line at its end.
    func event() throws -> String {
        let mark = Array("\n\n".utf8)
        while true {
            if let end = events.firstRange(of: mark) {
                defer { events.removeFirst(end.upperBound) }
                return String(decoding: events[..<end.lowerBound], as: UTF8.self)
            }
            guard let size = Int(try until("\r\n"), radix: 16), size > 0 else {
                throw Failure(what: "the event stream was ended")
            }
            while unread.count < size + 2 { try readMore() }
            events += unread.prefix(size)
            unread.removeFirst(size + 2)
        }
    }

    /// The text up to a mark, of a body that is not sent in chunks.
    func plainText(until mark: String) throws -> String { try until(mark) }

    /// Whether the other side ended the connection; waits for that. What came before is dropped.
    func isEnded() -> Bool {
        var part = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(socket, &part, part.count, 0)
            if count == 0 || count < 0 && errno == ECONNRESET { return true }
            if count < 0 { return false }
        }
    }

    /// The text up to a mark, which is taken away too.
    private func until(_ mark: String) throws -> String {
        let mark = Array(mark.utf8)
        var start = 0
        while true {
            if let end = unread[start...].firstRange(of: mark) {
                defer { unread.removeFirst(end.upperBound) }
                return String(decoding: unread[..<end.lowerBound], as: UTF8.self)
            }
            start = max(0, unread.count - mark.count + 1)
            try readMore()
        }
    }

    private func readMore() throws {
        var part = [UInt8](repeating: 0, count: 65536)
        let count = recv(socket, &part, part.count, 0)
        guard count > 0 else {
            throw Failure(
                what: count == 0 ? "the connection was ended" : "reading: \(String(cString: strerror(errno)))")
        }
        unread += part[..<count]
    }
}
