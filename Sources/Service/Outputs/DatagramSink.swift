import Base
import Glibc
import Results

/// What a datagram holds. Bound to the thread of its sink.
protocol PacketFormat {
    /// Nil where nothing is to be sent for a result.
    mutating func packet(of result: StreamResult) -> [UInt8]?
}

/// One JSON object per result.
struct JSONPackets: PacketFormat {
    let groups: [ColumnGroup]

    func packet(of result: StreamResult) -> [UInt8]? {
        var text = TextBuffer()
        text.append(result, groups)
        return text.bytes
    }
}

/// One UDP datagram per result. No receiver is needed.
final class DatagramSink: LiveSink {
    private let name: String
    private let host: String
    private let port: Int
    private var format: any PacketFormat
    private var descriptor: Int32 = -1
    let lost = 0

    /// `name` stands in messages: "opentrack:127.0.0.1:4242".
    init(_ name: String, host: String, port: Int, format: any PacketFormat) {
        (self.name, self.host, self.port, self.format) = (name, host, port, format)
    }

    /// One JSON object per result. `groups`: which members a face has; nil for all.
    convenience init(host: String, port: Int, groups: [ColumnGroup]? = nil) {
        self.init(
            OutputSettings(.udp(host: host, port: port)).description, host: host, port: port,
            format: JSONPackets(groups: groups ?? ColumnGroup.allCases))
    }

    deinit { close() }

    func write(_ result: StreamResult) throws(LandmarkdError) {
        if descriptor < 0 { descriptor = try connect() }
        guard let bytes = format.packet(of: result) else { return }
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
