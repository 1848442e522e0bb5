import Base
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Serves results and state of the streams over HTTP: the page, JSON, events, pictures, health and metrics.
///
/// Everything is bounded: connections, headers, time to send a request and to take an answer. A reader never slows a stream.
package final class HTTPService: Service {
    /// Connections at once. Above that the longest idle one is closed; where none is idle, the new one is refused.
    package static let connectionLimit = 200
    /// Connections beyond that, which are answered for health and metrics alone.
    static let reservedConnections = 16
    /// Seconds within which a connection must bring a whole request, its first one and after each answer.
    static let requestSeconds = 5
    /// Seconds for which a reader may leave the oldest part of what is sent to it.
    static let unsentSeconds = 10
    /// Bytes of a request's header lines together.
    static let headerBytes = 16 * 1024

    let streams: StreamDirectory
    let metrics: MetricsRegistry
    let pictures: PreviewPictures
    let events: EventHub
    let logger: Logger
    private let current: Mutex<HTTPSettings>
    private let onListening: @Sendable (_ port: Int) -> Void

    /// `onListening` receives the port as soon as requests are answered.
    package init(
        _ settings: HTTPSettings, streams: StreamDirectory, metrics: MetricsRegistry, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        current = Mutex(settings)
        pictures = PreviewPictures(logger: logger)
        events = EventHub(streams)
        (self.streams, self.metrics, self.logger, self.onListening) = (streams, metrics, logger, onListening)
    }

    /// Token and preview may change while it runs; another address counts from the next start.
    package var settings: HTTPSettings {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    /// Answers until its group shuts down gracefully; open event streams then end at once.
    ///
    /// Throws `LandmarkdError` where it cannot listen: `.unavailable`, `.noPermission`, or `.wrongSettings` for an address
    /// that others reach without a token.
    package func run() async throws {
        try checkAddress()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.events.run() }
            defer { group.cancelAll() }
            try await listen()
        }
    }

    /// Runs until it is asked to stop; starts again where the server gives up by itself.
    private func listen() async throws {
        let hasListened = Atomic(false)
        while true {
            do {
                try await application { hasListened.store(true, ordering: .relaxed) }.run()
                if Task.isCancelled || Task.isShuttingDownGracefully { return }
            } catch is CancellationError {
                return
            } catch {
                guard hasListened.load(ordering: .relaxed) else { throw listenFault(error) }
                logger.error("HTTP stopped listening, and is started again: \(error)")
            }
            // The process may have been out of descriptors when it accepted a connection.
            let pause: Void? = try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
            guard pause != nil else { return }
        }
    }

    private func application(onListening: @escaping @Sendable () -> Void) -> some ApplicationProtocol {
        let settings = settings
        let places = ConnectionPlaces(
            limit: Self.connectionLimit, reserved: Self.reservedConnections, metrics: metrics)
        var configuration = HTTP1Channel.Configuration(additionalChannelHandlers: [ConnectionGuard(places)])
        configuration.httpDecoder = .init(
            maxHeaderFieldSize: Self.headerBytes, maxHeaderListSize: Self.headerBytes, maxHeaderFieldCount: 100)
        var quiet = logger
        quiet.logLevel = .critical  // `run` reports what goes wrong; mistakes of clients are not logged
        return Application(
            router: makeRouter(),
            server: HTTPServerBuilder { [configuration] responder in
                BoundedHTTPChannel(HTTP1Channel(responder: responder, configuration: configuration))
            },
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                // Refused connections linger for a moment: twice the number bounds them too.
                availableConnectionsDelegate: .maximum(2 * Self.connectionLimit, logger: quiet)),
            onServerRunning: { [self] channel in
                var settings = settings
                settings.port = channel.localAddress?.port ?? settings.port
                logger.info("HTTP answers at http://\(settings.listen)")
                onListening()
                self.onListening(settings.port)
            },
            logger: quiet)
    }

    private func checkAddress() throws(LandmarkdError) {
        let settings = settings
        guard settings.isLoopback || settings.token != nil else {
            throw LandmarkdError(
                .wrongSettings,
                "http.listen: \(settings.listen): other machines can reach this address, and http.token is not set",
                remedy: "set http.token, or listen at 127.0.0.1")
        }
    }

    private func listenFault(_ error: any Error) -> LandmarkdError {
        let cause = "http.listen: \(settings.listen): listening: "
        guard let code = (error as? IOError)?.errnoCode else {
            return LandmarkdError(
                .unavailable, cause + "\(error)", remedy: "use an address of this machine, such as 127.0.0.1:8068")
        }
        let remedy =
            switch code {
            case EADDRINUSE: "end the program that listens there, or set another port"
            case EACCES, EPERM: "set a port above 1023, or give the service CAP_NET_BIND_SERVICE"
            default: "use an address of this machine, such as 127.0.0.1:8068"
            }
        return LandmarkdError(
            code == EACCES || code == EPERM ? .noPermission : .unavailable, cause + systemFault(code), remedy: remedy)
    }
}
