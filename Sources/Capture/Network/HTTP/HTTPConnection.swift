import Base
import CCurl
import Glibc

/// Asks a server for one address, once or again and again, over the same connection where the server keeps it.
///
/// libcurl talks to the server: passwords (Basic and Digest), redirects, of which those to other servers get no password,
/// chunks, proxies, TLS. FFmpeg's HTTP, which reads everything else, shows no fields of the answer and cannot ask again.
/// Certificates are not checked, as FFmpeg does not either: cameras sign their own.
final class HTTPConnection {  // thread-bound
    /// What came of waiting.
    enum Event {
        /// A piece of the answer's body; `head` is known from here on.
        case bytes([UInt8])
        /// The answer is whole.
        case ended
        case failed(HTTPFailure)
        case timeUp
        case stopped
    }

    /// Bytes of an answer's head, those of redirects before it included.
    static let longestHead = 64 << 10
    private static let mostRedirects = 5
    /// What libcurl says of a line of 100 KB: that memory is short; since 8.6 that it is too large.
    private static let codesOfLongLines = [CURLE_OUT_OF_MEMORY, CURLcode(rawValue: 100)]

    /// Head of the present answer, or of the one that leads to it.
    private(set) var head = HTTPHead()

    private let stop: StopSignal
    private let handle: UnsafeMutableRawPointer
    private let transfers: UnsafeMutableRawPointer
    private var fields: UnsafeMutablePointer<curl_slist>?
    private var isAsking = false
    private var headBytes = 0
    private var body: [UInt8] = []
    private var outcome: Event?

    /// Nothing is sent before `ask`. Throws `unavailable` where libcurl does not work.
    init(_ address: NetworkAddress, stop: StopSignal) throws(LandmarkdError) {
        self.stop = stop
        guard curlIsReady, let handle = curl_easy_init() else { throw Self.unusable(address) }
        guard let transfers = curl_multi_init() else {
            curl_easy_cleanup(handle)
            throw Self.unusable(address)
        }
        (self.handle, self.transfers) = (handle, transfers)
        guard configure(address) else { throw Self.unusable(address) }
    }

    deinit {
        if isAsking { curl_multi_remove_handle(transfers, handle) }
        curl_multi_cleanup(transfers)
        curl_easy_cleanup(handle)
        curl_slist_free_all(fields)
    }

    private static func unusable(_ address: NetworkAddress) -> LandmarkdError {
        LandmarkdError(
            .unavailable, "\(address.shown): libcurl cannot be used", remedy: "install Debian's libcurl4")
    }

    /// False where libcurl refuses something.
    private func configure(_ address: NetworkAddress) -> Bool {
        var numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 1), (CURLOPT_MAXREDIRS, Self.mostRedirects),
            (CURLOPT_PATH_AS_IS, 1), (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
            (CURLOPT_SUPPRESS_CONNECT_HEADERS, 1), (CURLOPT_SSL_VERIFYPEER, 0), (CURLOPT_SSL_VERIFYHOST, 0),
        ]
        var texts = [(CURLOPT_URL, address.bare), (CURLOPT_USERAGENT, "landmarkd/\(programVersion)")]
        if let (user, password) = address.credentials {
            numbers.append((CURLOPT_HTTPAUTH, lm_curl_basic_or_digest))
            texts += [(CURLOPT_USERNAME, user), (CURLOPT_PASSWORD, password)]
        }
        lm_curl_close_quickly(handle)
        lm_curl_set_sinks(handle, takeHeadLine, takeBody, Unmanaged.passUnretained(self).toOpaque())
        return lm_curl_allow_only_http(handle) == 0
            && numbers.allSatisfy { lm_curl_set_number(handle, $0, $1) == CURLE_OK }
            && texts.allSatisfy { lm_curl_set_text(handle, $0, $1) == CURLE_OK }
    }

    /// Begins a request; what was left of the answer before is dropped. `conditions`: fields such as "If-None-Match: …".
    func ask(_ conditions: [String] = []) {
        if isAsking { curl_multi_remove_handle(transfers, handle) }
        var next: UnsafeMutablePointer<curl_slist>?
        for condition in conditions { next = curl_slist_append(next, condition) ?? next }
        lm_curl_set_fields(handle, next)
        curl_slist_free_all(fields)
        (fields, head, headBytes, body, outcome) = (next, HTTPHead(), 0, [], nil)
        isAsking = curl_multi_add_handle(transfers, handle) == CURLM_OK
        if !isAsking { outcome = .failed(HTTPFailure(code: CURLE_FAILED_INIT, systemError: 0, isHeadTooLong: false)) }
    }

    /// Waits for what comes next of the answer, until `deadline` (monotonic seconds) or the stop signal.
    func next(until deadline: Double) -> Event {
        while !stop.isSet {
            var running: Int32 = 0
            if outcome == nil { curl_multi_perform(transfers, &running) }
            noticeEnd()
            if !body.isEmpty {
                defer { body = [] }
                return .bytes(body)
            }
            if let outcome { return outcome }
            let left = deadline - monotonicSeconds()
            guard left > 0 else { return .timeUp }
            wait(seconds: min(left, 60))
        }
        return .stopped
    }

    private func wait(seconds: Double) {
        var signal = curl_waitfd(fd: stop.descriptor, events: lm_curl_readable, revents: 0)
        let milliseconds = Int32((seconds * 1000).rounded(.up))
        curl_multi_poll(transfers, &signal, 1, milliseconds, nil)
    }

    private func noticeEnd() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(transfers, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            let code = message.pointee.data.result
            let failure = HTTPFailure(
                code: code, systemError: Int32(truncatingIfNeeded: lm_curl_os_error(handle)),
                isHeadTooLong: headBytes > Self.longestHead || Self.codesOfLongLines.contains(code))
            curl_multi_remove_handle(transfers, handle)
            isAsking = false
            outcome = code == CURLE_OK ? .ended : .failed(failure)
        }
    }

    /// False where the head gets too long.
    fileprivate func add(headLine bytes: UnsafeRawBufferPointer) -> Bool {
        headBytes += bytes.count
        guard headBytes <= Self.longestHead else { return false }
        head.add(String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline })
        return true
    }

    fileprivate func add(body bytes: UnsafeRawBufferPointer) { body += bytes }
}

/// Why libcurl ended a request.
struct HTTPFailure {
    let code: CURLcode
    /// errno of the connection; 0 where there is none.
    let systemError: Int32
    let isHeadTooLong: Bool
}

/// Done once for all threads.
private let curlIsReady = curl_global_init(lm_curl_all) == CURLE_OK

private func connection(_ context: UnsafeMutableRawPointer) -> HTTPConnection {
    Unmanaged<HTTPConnection>.fromOpaque(context).takeUnretainedValue()
}

private func takeHeadLine(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    return connection(context).add(headLine: UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
}

private func takeBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    connection(context).add(body: UnsafeRawBufferPointer(start: bytes, count: count))
    return count
}
