import Logging
import ServiceLifecycle
import UnixSignals

/// Recentres the outputs of all streams at SIGUSR1.
struct RecentreSignal: Service {
    private let streams: StreamDirectory
    private let log: Logger

    init(_ streams: StreamDirectory, _ log: Logger) { (self.streams, self.log) = (streams, log) }

    func run() async {
        for await _ in await UnixSignalsSequence(trapping: .sigusr1).cancelOnGracefulShutdown() {
            for stream in streams.states { stream.recentring.add() }
            log.notice("poses are recentred at the next ones")
        }
    }
}
