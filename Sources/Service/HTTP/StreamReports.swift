/// `/v1/streams`: all streams and their state.
struct StreamList: Encodable {
    let streams: [StreamReport]
    /// Whether pictures may be seen.
    let preview: Bool
    /// Runs of landmarks that lines join in drawings.
    let lines: [[Int]]
}

/// One stream in `/v1/streams`.
struct StreamReport: Encodable {
    struct Format: Encodable {
        let width: Int
        let height: Int
        let encoding: String
        /// Frames a second as promised.
        let rate: Double?
    }

    let name: String
    let state: String
    let healthy: Bool
    let reasons: [String]
    /// Without what a reader should not know.
    let source: String
    let format: Format?
    /// Frames a second that came.
    let rate: Double
    let received: Int
    let dropped: Int
    let tracked: Int
    let reconnects: Int
    /// In the newest frame; nil before there is one.
    let faces: Int?
    /// Seconds from the newest frame's exposure to its result.
    let latency: Double?
    /// Unix time of the newest frame's exposure.
    let time: Double?

    init(_ stream: StreamState) {
        let (status, latest) = (stream.status, stream.latest)
        (name, state, healthy) = (stream.name, status.state.rawValue, status.isHealthy)
        reasons = status.shownReasons
        source = status.source.withoutCredentials
        format = status.format.map {
            Format(
                width: $0.width, height: $0.height, encoding: $0.encoding, rate: $0.rate.map { rounded($0, to: 100) })
        }
        rate = rounded(status.rate, to: 100)
        (received, dropped) = (status.received, status.dropped)
        (tracked, reconnects) = (status.tracked, status.reconnects)
        faces = latest?.result.faces.count
        latency = latest.map { rounded($0.latency) }
        time = latest.map { rounded($0.result.time) }
    }
}

/// `/healthz`.
struct HealthReport: Encodable {
    struct Stream: Encodable {
        let name: String
        let state: String
        let reasons: [String]
    }

    /// "ok" or "failing".
    let status: String
    /// Those that do not deliver as they should; nil for readers without the token.
    var failing: [Stream]?

    init(_ states: [StreamState]) {
        let failing = states.map { ($0.name, $0.status) }.filter { !$0.1.isHealthy }
        status = failing.isEmpty ? "ok" : "failing"
        self.failing = failing.map { name, status in
            Stream(name: name, state: status.state.rawValue, reasons: status.shownReasons)
        }
    }
}

extension StreamStatus {
    /// Why the stream does not deliver, in words that any reader may see; never empty for a stream that is not healthy.
    var shownReasons: [String] {
        if reasons.isEmpty, !isHealthy { return [state == .starting ? "no frame yet" : "waiting for the source"] }
        return reasons.map { $0.replacing(source, with: source.withoutCredentials) }
    }
}

/// To such parts of 1; 0 for what JSON has no number for.
private func rounded(_ value: Double, to parts: Double = 1e6) -> Double {
    value.isFinite ? (value * parts).rounded() / parts : 0
}
