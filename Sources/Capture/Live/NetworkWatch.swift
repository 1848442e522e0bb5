import Base

/// Tells FFmpeg when to give up waiting for the network: it asks between any two waits.
final class NetworkWatch {  // thread-bound: FFmpeg asks on the thread that called it
    private let stop: StopSignal
    private var deadline = Double.infinity
    /// Seconds that the present wait may last.
    private(set) var patience = 0.0

    init(stop: StopSignal) { self.stop = stop }

    /// From here on at most so many seconds.
    func start(_ patience: Double) {
        self.patience = patience
        deadline = monotonicSeconds() + patience
    }

    var isStopped: Bool { stop.isSet }

    var mustEnd: Bool { stop.isSet || monotonicSeconds() > deadline }
}
