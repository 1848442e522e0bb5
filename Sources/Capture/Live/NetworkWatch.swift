import Base

/// Tells FFmpeg when to give up waiting for the network: it asks between any two waits, and before it sends anything.
final class NetworkWatch {  // thread-bound: FFmpeg asks on the thread that called it
    private let stop: StopSignal
    private var deadline = Double.infinity
    /// Seconds that the present wait may last.
    private(set) var patience = 0.0
    /// The address that FFmpeg is at, which changes as it follows an RTSP redirect; nil once that cannot happen any more.
    var currentAddress: (() -> String)?
    /// What it may go on to.
    private let address: NetworkAddress?
    /// Where a redirect to another server would have led. FFmpeg would have shown that server the password.
    private(set) var otherServer: String?

    init(stop: StopSignal, address: NetworkAddress? = nil) { (self.stop, self.address) = (stop, address) }

    /// From here on at most so many seconds, and not beyond `limit` (monotonic seconds).
    func start(_ patience: Double, until limit: Double = .infinity) {
        self.patience = patience
        deadline = min(monotonicSeconds() + patience, limit)
    }

    var isStopped: Bool { stop.isSet }
    var isLate: Bool { monotonicSeconds() > deadline }

    var mustEnd: Bool {
        noticeRedirect()
        return otherServer != nil || isStopped || isLate
    }

    private func noticeRedirect() {
        guard otherServer == nil, let address, let current = currentAddress?(), current != address.full else { return }
        let isSame = (try? NetworkAddress(current)).map { $0.hasServer(of: address) } ?? false
        if !isSame { otherServer = current }
    }
}
