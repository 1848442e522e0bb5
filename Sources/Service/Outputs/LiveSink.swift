import Base
import Glibc
import Results

/// Where one live output writes to. Bound to one thread.
protocol LiveSink: AnyObject {
    /// Takes a result, opening what is not open. Throws where that fails; the sink can be used again afterwards.
    func write(_ result: StreamResult) throws(LandmarkdError)

    /// Writes everything that was buffered.
    func flush() throws(LandmarkdError)

    /// Finishes what is open; the next result reopens it.
    func close() throws(LandmarkdError)

    /// Results that were taken, but lost since.
    var lost: Int { get }
}

/// Standard output: one line per result, written at once.
final class StandardOutputSink: LiveSink {
    private let rows: any RowFormat
    private let path: String
    private let descriptor: Int32
    /// A line was cut by a failure: the next one must start on a new line.
    private var isCut = false
    let lost = 0

    init(_ rows: any RowFormat, descriptor: Int32 = 1) {
        (self.rows, self.descriptor, path) = (rows, descriptor, "standard output")
    }

    func write(_ result: StreamResult) throws(LandmarkdError) {
        var text = TextBuffer()
        if isCut { text.append("\n") }
        rows.append(result, to: &text)
        isCut = true
        try writeAll(text.bytes, to: descriptor, path: path)
        isCut = false
    }

    func flush() {}

    func close() {}
}

/// One JSON object per result, each in its own UDP datagram. No receiver is needed.
final class DatagramSink: LiveSink {
    private let host: String
    private let port: Int
    private let groups: [ColumnGroup]
    private var descriptor: Int32 = -1
    let lost = 0

    /// `groups`: which members a face has; nil for all.
    init(host: String, port: Int, groups: [ColumnGroup]? = nil) {
        (self.host, self.port, self.groups) = (host, port, groups ?? ColumnGroup.allCases)
    }

    deinit { close() }

    func write(_ result: StreamResult) throws(LandmarkdError) {
        if descriptor < 0 { descriptor = try connect() }
        var text = TextBuffer()
        text.append(result, groups)
        let bytes = text.bytes
        // Refused: nobody listened at the port when an earlier datagram came there; this one has not been sent yet.
        if send(bytes) || errno == ECONNREFUSED && (send(bytes) || errno == ECONNREFUSED) { return }
        let why = errno == EMSGSIZE ? "\(bytes.count) bytes are too many for a datagram" : systemFault()
        close()
        throw LandmarkdError(
            .inputOutput, "\(name): sending: \(why)", remedy: "check the address and the network")
    }

    func flush() {}

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            retrying { Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) }
        } >= 0
    }

    private var name: String { OutputSettings(.udp(host: host, port: port)).description }

    private func connect() throws(LandmarkdError) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, "\(port)", &hints, &list)
        guard code == 0 else {
            throw LandmarkdError(
                .unavailable, "\(name): looking the host up: \(String(cString: gai_strerror(code)))",
                remedy: "check the host's name")
        }
        defer { freeaddrinfo(list) }
        var why = "no address"
        for address in sequence(first: list, next: { $0?.pointee.ai_next }).compactMap({ $0?.pointee }) {
            let made = socket(
                address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), address.ai_protocol)
            guard made >= 0 else { continue }
            if Glibc.connect(made, address.ai_addr, address.ai_addrlen) == 0 { return made }
            why = systemFault()
            Glibc.close(made)
        }
        throw LandmarkdError(.unavailable, "\(name): connecting: \(why)", remedy: "check the address and the network")
    }
}
