import Base
import Logging
import ServiceLifecycle

/// Keeps the service manager informed: ready, status, alive, stopping.
struct ServiceReport: Service {
    /// Seconds after which a daemon whose sources neither deliver nor fail reports that it is ready.
    private static let patience = 10.0

    let manager: ServiceManager
    let supervisor: StreamSupervisor
    let log: Logger
    /// Loops that are stuck for good while nothing else works.
    private let hopeless: @Sendable () -> [String]

    init(
        manager: ServiceManager, supervisor: StreamSupervisor, log: Logger,
        hopeless: (@Sendable () -> [String])? = nil
    ) {
        (self.manager, self.supervisor, self.log) = (manager, supervisor, log)
        self.hopeless = hopeless ?? { supervisor.hopeless }
    }

    func run() async {
        guard manager.isPresent else {
            // Thrown where the daemon is forced to end; nothing is left to do.
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            await untilReady()
            manager.tell("READY=1", "STATUS=\(status)")
            await keepTelling()
        }
        manager.tell("STOPPING=1", "STATUS=Stopping: flushing outputs")
    }

    /// Waits until the first source has delivered or failed.
    private func untilReady() async {
        let start = monotonicSeconds()
        var last = ""
        while !isSettled, monotonicSeconds() - start < Self.patience, await pause(0.05) { report(&last) }
    }

    private var isSettled: Bool {
        let states = supervisor.directory.states
        return states.isEmpty || states.contains { $0.status.state != .starting }
    }

    private func keepTelling() async {
        var last = status
        while await pause(min(1, (manager.watchdogTime ?? 2) / 2)) { report(&last) }
    }

    private func report(_ last: inout String) {
        let hopeless = hopeless()
        if hopeless.isEmpty { manager.tell("WATCHDOG=1") }
        let now = hopeless.first.map { "\($0) is stuck" } ?? status
        guard now != last else { return }
        last = now
        manager.tell("STATUS=\(now)")
        if !hopeless.isEmpty { log.error("\(now); the watchdog is not fed") }
    }

    /// "2 of 3 streams deliver; door: /dev/video0: opening: No such file or directory".
    private var status: String {
        let statuses = supervisor.directory.states.map { ($0.name, $0.status) }
        if statuses.isEmpty { return "No stream is set" }
        let delivering = statuses.count { $0.1.state == .delivering }
        let faults = statuses.flatMap { name, status in status.reasons.prefix(1).map { "; \(name): \($0)" } }
        return "\(delivering) of \(statuses.count) streams deliver" + faults.joined()
    }

    /// False once the daemon stops.
    private func pause(_ seconds: Double) async -> Bool {
        do {
            try await Task.sleep(for: .seconds(seconds))
            return true
        } catch {
            return false
        }
    }
}
