import Base
import Glibc
import Results

/// JSON lines for the readers of a Unix socket: each gets every result from when it connects. One that does not read is disconnected; it
/// never holds up the others. The socket's file is removed at the end.
final class UnixSocketSink: LiveSink {
    /// Readers at once; more wait until one leaves.
    static let mostReaders = 32

    private let path: String
    private let rows: any RowFormat
    private var listener: Int32 = -1
    /// The file that was made, so that another one in its place is not removed.
    private var made: FileIdentity?
    private var readers: [Int32] = []
    private(set) var lost = 0

    init(path: String, _ rows: any RowFormat) { (self.path, self.rows) = (path, rows) }

    deinit { close() }

    func write(_ result: StreamResult) throws(LandmarkdError) {
        try open()
        var text = TextBuffer()
        rows.append(result, to: &text)
        let bytes = text.bytes
        let served = readers.filter { send(bytes, to: $0) }
        for reader in Set(readers).subtracting(served) { Glibc.close(reader) }
        lost += readers.count - served.count
        readers = served
    }

    /// Readers may connect before the first result.
    func flush() throws(LandmarkdError) { try open() }

    func close() {
        for descriptor in readers + (listener >= 0 ? [listener] : []) { Glibc.close(descriptor) }
        (readers, listener) = ([], -1)
        if let made, FileIdentity(path: path) == made { unlink(path) }
        made = nil
    }

    /// Whether the whole line fits into what the kernel keeps for the reader: half a line would spoil the next.
    private func send(_ bytes: [UInt8], to reader: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            retrying { Glibc.send(reader, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT)) }
        } == bytes.count
    }

    private func open() throws(LandmarkdError) {
        if listener >= 0, FileIdentity(path: path) != made { close() }
        if listener < 0 {
            listener = try listen()
            made = FileIdentity(path: path)
        }
        while readers.count < Self.mostReaders {
            let reader = Int32(retrying { Int(accept(listener, nil, nil)) })
            if reader < 0 { break }
            _ = fcntl(reader, F_SETFD, FD_CLOEXEC)
            readers.append(reader)
        }
    }

    private func listen() throws(LandmarkdError) -> Int32 {
        let made = try socket()
        var isBound = bind(made)
        if !isBound, errno == EADDRINUSE {
            do throws(LandmarkdError) {
                try removeStale()
            } catch {
                Glibc.close(made)
                throw error
            }
            isBound = bind(made)
        }
        guard isBound, Glibc.listen(made, 16) == 0 else {
            let why = systemFault()
            Glibc.close(made)
            throw LandmarkdError(
                .cannotCreate, "unix:\(path): creating the socket: \(why)",
                remedy: "name a folder that exists and that landmarkd may write to")
        }
        return made
    }

    /// Removes a socket that nobody listens on: what a program that was killed leaves behind.
    private func removeStale() throws(LandmarkdError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw LandmarkdError(
                .cannotCreate, "unix:\(path): a file of this name is there, and is no socket",
                remedy: "move it away, or name another path")
        }
        let probe = try socket()
        defer { Glibc.close(probe) }
        let isListening = withAddress { connect(probe, $0, $1) } == 0
        guard !isListening, errno == ECONNREFUSED else {
            throw LandmarkdError(
                .unavailable, "unix:\(path): \(isListening ? "another program listens there" : systemFault())",
                remedy: "end that program, or name another path")
        }
        unlink(path)
    }

    private func socket() throws(LandmarkdError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let made = Glibc.socket(AF_UNIX, type, 0)
        guard made >= 0 else {
            throw LandmarkdError(.unavailable, "unix:\(path): \(systemFault())", remedy: "close other files")
        }
        return made
    }

    private func bind(_ descriptor: Int32) -> Bool { withAddress { Glibc.bind(descriptor, $0, $1) } == 0 }

    /// The settings let no path through that is too long; of a longer one the beginning would be used.
    private func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { place in
            place.copyBytes(from: path.utf8.prefix(OutputSettings.longestSocketPath))
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
