import Glibc
import HummingbirdCore
import Logging
import Metrics
import NIOCore
import NIOHTTP1
import Synchronization

/// Limits the number of open connections. May be used by any thread.
///
/// When all places are taken, the connection that has been idle longest is closed for a new one. Where none is idle, a few more
/// are admitted for health and metrics alone: monitoring still works when readers have taken all other places.
final class ConnectionPlaces: Sendable {
    enum Place: Sendable {
        case general
        /// For health and metrics alone.
        case reserved
    }

    private struct Holder {
        let channel: any Channel
        var place: Place
        /// When its last answer was sent, or when it was opened; nil while a request is being answered.
        var idleSince: NIODeadline?
    }

    private typealias Holders = [ObjectIdentifier: Holder]

    private let holders = Mutex<Holders>([:])
    private let limits: [Place: Int]
    private let gauge: Meter
    private let refused: Counter

    init(limit: Int, reserved: Int, metrics: MetricsRegistry) {
        limits = [.general: limit, .reserved: reserved]
        gauge = Meter(label: "landmarkd_http_connections", factory: metrics)
        refused = Counter(label: "landmarkd_http_refused_connections_total", factory: metrics)
    }

    /// The place of a connection that has just been opened; nil where not even a reserved one is free.
    func enter(_ channel: any Channel) -> Place? {
        let (place, evicted) = holders.withLock { holders -> (Place?, (any Channel)?) in
            for place in [Place.general, .reserved] {
                guard let room = makeRoom(for: place, in: &holders) else { continue }
                holders[ObjectIdentifier(channel)] = Holder(channel: channel, place: place, idleSince: .now())
                return (place, room.evicted)
            }
            return (nil, nil)
        }
        if place != nil { gauge.increment() }
        close(evicted)
        return place
    }

    /// The connection has a request other than for health and metrics. False where its place is reserved and no general one is free.
    func needsGeneralPlace(_ channel: any Channel) -> Bool {
        let (isGranted, evicted) = holders.withLock { holders -> (Bool, (any Channel)?) in
            guard let holder = holders[ObjectIdentifier(channel)] else { return (false, nil) }
            if holder.place == .general { return (true, nil) }
            guard let room = makeRoom(for: .general, in: &holders) else { return (false, nil) }
            holders[ObjectIdentifier(channel)]?.place = .general
            return (true, room.evicted)
        }
        close(evicted)
        return isGranted
    }

    func setIdle(_ isIdle: Bool, _ channel: any Channel) {
        holders.withLock { $0[ObjectIdentifier(channel)]?.idleSince = isIdle ? .now() : nil }
    }

    func leave(_ channel: any Channel) {
        let holder = holders.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
        if holder != nil { gauge.decrement() }
    }

    func countRefusal() { refused.increment() }

    /// Frees a place if needed and returns the connection that held it; nil where no connection is idle.
    private func makeRoom(for place: Place, in holders: inout Holders) -> (evicted: (any Channel)?, Void)? {
        let held = holders.filter { $0.value.place == place }
        guard held.count >= limits[place] ?? 0 else { return (nil, ()) }
        let idle = held.compactMap { key, holder in holder.idleSince.map { (key, since: $0) } }
        guard let oldest = idle.min(by: { $0.since < $1.since }) else { return nil }
        return (holders.removeValue(forKey: oldest.0)?.channel, ())
    }

    private func close(_ evicted: (any Channel)?) {
        guard let evicted else { return }
        gauge.decrement()
        evicted.close(promise: nil)
    }
}

/// Connections of HTTP/1 whose buffers are bounded, in the kernel as well: by itself the kernel keeps 4 MB for each reader that
/// does not read, and as much again for one that sends without end.
struct BoundedHTTPChannel: ServerChildChannel {
    /// Bytes that the kernel holds for a reader, which it doubles for its own needs.
    private static let sendBuffer = 64 * 1024
    /// Bytes that the kernel takes from a client before we read them; a request's header has 16 kB at most.
    private static let receiveBuffer = 32 * 1024
    /// Bytes that the kernel holds back unsent: what is newer waits here, where it can be replaced by what is newer still.
    private static let unsentBytes = 16 * 1024
    private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 8 * 1024, high: 16 * 1024)

    private let http: HTTP1Channel

    init(_ http: HTTP1Channel) { self.http = http }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(HTTP1RequestValidator(), position: .after(decoder))
            Self.bound(channel)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async { await http.handle(value: value, logger: logger) }

    /// A client that is already gone cannot be limited, and need not be.
    private static func bound(_ channel: any Channel) {
        guard let options = channel.syncOptions else { return }
        try? options.setOption(.socketOption(.so_sndbuf), value: .init(sendBuffer))
        try? options.setOption(.socketOption(.so_rcvbuf), value: .init(receiveBuffer))
        try? options.setOption(.tcpOption(.init(rawValue: TCP_NOTSENT_LOWAT)), value: .init(unsentBytes))
        // Closes the connections of those who went without a word, and of those who take nothing.
        try? options.setOption(
            .tcpOption(.init(rawValue: TCP_USER_TIMEOUT)), value: .init(1000 * HTTPService.unsentSeconds))
        try? options.setOption(.writeBufferWaterMark, value: waterMark)
    }
}
