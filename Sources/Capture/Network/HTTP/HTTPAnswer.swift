import Base

/// An answer of which the first bytes have come, and what they say of the rest.
struct HTTPAnswer {
    enum Content {
        case multipart
        case jpegs
        case webPage
        /// FFmpeg's to find out.
        case other

        var isMultipart: Bool { self == .multipart }
    }

    let connection: HTTPConnection
    let faults: HTTPFaults
    let content: Content
    /// The first bytes of the body.
    let start: [UInt8]
    /// When it was asked for, in monotonic seconds.
    let asked: Double
}

extension HTTPSource {
    /// Asks for the address. Nil where the answer holds something other than JPEGs.
    ///
    /// Throws `unavailable`, `noPermission`, `unusableData` (a web page) or `interrupted`; nothing takes longer than until
    /// `limit` (monotonic seconds).
    static func open(
        _ address: NetworkAddress, patience: NetworkOpener.Patience, snapshotRate: Double, until limit: Double,
        stop: StopSignal
    ) throws(LandmarkdError) -> HTTPSource? {
        let answer = try HTTPAnswer(of: address, patience: patience.opening, until: limit, stop: stop)
        switch answer.content {
        case .other: return nil
        case .webPage: throw answer.faults.webPage
        case .multipart, .jpegs:
            return try HTTPSource(
                answer, patience: patience, snapshotRate: snapshotRate, until: limit, stop: stop)
        }
    }
}

extension HTTPAnswer {
    fileprivate init(
        of address: NetworkAddress, patience: Double, until limit: Double, stop: StopSignal
    ) throws(LandmarkdError) {
        let faults = HTTPFaults(address: address)
        let connection = try HTTPConnection(address, stop: stop)
        let asked = monotonicSeconds()
        connection.ask()
        var start: [UInt8] = []
        var content: Content?
        while content == nil {
            var isWhole = false
            switch connection.next(until: limit) {
            case .bytes(let bytes): start += bytes
            case .ended: isWhole = true
            case .failed(let failure): throw faults.failed(failure, after: connection.head)
            case .stopped: throw faults.stopped
            case .timeUp:
                throw connection.head.status == 0
                    ? faults.noAnswer(patience) : faults.silence(patience, broken: 0, bytes: start.count)
            }
            guard connection.head.isGood else { throw faults.status(connection.head.status) }
            if isWhole, start.isEmpty { throw faults.empty }
            content = Content(connection.head, start, isWhole: isWhole)
        }
        self.init(connection: connection, faults: faults, content: content ?? .other, start: start, asked: asked)
    }
}

extension HTTPAnswer.Content {
    /// Nil where more of the body must come first.
    fileprivate init?(_ head: HTTPHead, _ start: [UInt8], isWhole: Bool) {
        /// Nil: as far as it has come.
        func begins(with text: some Collection<UInt8>) -> Bool? {
            let there = start.prefix(text.count)
            guard text.starts(with: there) else { return false }
            return there.count == text.count ? true : isWhole ? false : nil
        }
        let type = head.mediaType
        if type.hasPrefix("multipart/") {
            self = .multipart
            return
        }
        // Whatever the answer calls itself.
        let signs: [(isThere: Bool?, content: Self)] = [
            (begins(with: [0xFF, 0xD8, 0xFF]), .jpegs), (begins(with: "--".utf8), .multipart),
            (begins(with: "Content-".utf8), .multipart),
        ]
        if let sign = signs.first(where: { $0.isThere == true }) {
            self = sign.content
        } else if signs.contains(where: { $0.isThere == nil }) {
            return nil
        } else if ["image/jpeg", "image/jpg", "image/pjpeg"].contains(type) {
            self = .jpegs
        } else {
            self = type == "text/html" || type == "application/xhtml+xml" ? .webPage : .other
        }
    }
}
