import Glibc
import ServiceLifecycle
import TestSupport
import Testing

@testable import Service

@Suite(.ownThread) struct ServiceReportTests {
    @Test(arguments: [false, true]) func messagesArriveUnderEitherKindOfName(isAbstract: Bool) async throws {
        let manager = try PlayedManager(isAbstract: isAbstract)
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": manager.name]).tell("READY=1", "STATUS=a b"))
        #expect(await onThread { manager.next() } == "READY=1\nSTATUS=a b")
    }

    @Test func withoutAManagerNothingIsSent() {
        #expect(!ServiceManager(environment: [:]).isPresent)
        #expect(!ServiceManager(environment: ["NOTIFY_SOCKET": "relative"]).isPresent)
        #expect(!ServiceManager(environment: ["NOTIFY_SOCKET": "/none/here"]).tell("READY=1"))
        let long = "/" + String(repeating: "x", count: 200)
        #expect(!ServiceManager(environment: ["NOTIFY_SOCKET": long]).tell("READY=1"))
    }

    @Test func theWatchdogsTimeIsThatOfThisProcess() {
        func time(_ environment: [String: String]) -> Double? { ServiceManager(environment: environment).watchdogTime }
        #expect(time(["WATCHDOG_USEC": "3000000"]) == 3)
        #expect(time(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "\(getpid())"]) == 3)
        #expect(time(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"]) == nil)
        #expect(time(["WATCHDOG_USEC": "0"]) == nil && time(["WATCHDOG_USEC": "x"]) == nil && time([:]) == nil)
    }

    @Test func readyComesWithTheFirstFrameAndStoppingAtTheEnd() async throws {
        let sent = try await report([PlayedOpener(.endless)]) { manager in
            [manager.next(with: "READY=1"), manager.next(with: "WATCHDOG=1")]
        }
        #expect(sent[0]?.contains("STATUS=1 of 1 streams deliver") == true)
        #expect(sent[1] != nil)
        #expect(sent[2] == "STOPPING=1\nSTATUS=Stopping: flushing outputs")
    }

    @Test func anAbsentSourceIsNoReasonNotToBeReady() async throws {
        let told = try await report([PlayedOpener(.absent)]) { manager in [manager.next(with: "READY=1")] }
        #expect(told[0]?.contains("STATUS=0 of 1 streams deliver; a: played: opening: No such device") == true)
    }

    @Test func withoutStreamsItIsReadyAtOnce() async throws {
        let told = try await report([]) { manager in [manager.next()] }
        #expect(told[0] == "READY=1\nSTATUS=No stream is set")
    }

    @Test func aLoopThatIsStuckStarvesTheWatchdog() async throws {
        let manager = try PlayedManager()
        let lines = LogLines()
        let supervisor = StreamSupervisor(dependencies: .played([:]), log: lines.log.logger())
        let beat = Heartbeat("capture of door")
        beat.expect(within: -5)
        let report = ServiceReport(
            manager: ServiceManager(environment: ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "20000"]),
            supervisor: supervisor, log: lines.log.logger(), hopeless: { beat.isOverdue ? [beat.name] : [] })
        _ = try await running(report, supervisor) {
            #expect(manager.next(with: "READY=1") != nil)
            #expect(manager.next() == "STATUS=capture of door is stuck")
            beat.rest()
            #expect(manager.next(with: "WATCHDOG=1") != nil)
        } whileEnding: {
        }
        #expect(lines.containing("<3>capture of door is stuck").count == 1)
    }

    /// What `listen` hears, and what is told at the end.
    private func report(
        _ openers: [PlayedOpener], _ listen: @escaping @Sendable (PlayedManager) -> [String?]
    ) async throws -> [String?] {
        let manager = try PlayedManager()
        let lines = LogLines()
        let dependencies = StreamDependencies.played(Dictionary(uniqueKeysWithValues: zip(["a", "b"], openers)))
        let supervisor = StreamSupervisor(dependencies: dependencies, log: lines.log.logger())
        try supervisor.apply(zip(["a", "b"], openers).map { name, _ in playedStream(name) })
        let report = ServiceReport(
            manager: ServiceManager(environment: ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "20000"]),
            supervisor: supervisor, log: lines.log.logger())
        let (told, last) = try await running(report, supervisor) {
            listen(manager)
        } whileEnding: {
            manager.next(with: "STOPPING=1")
        }
        return told + [last]
    }

    /// Runs both services while `body` runs on a thread, then ends them gracefully; the manager must be read meanwhile, or has no room.
    private func running<Value: Sendable, Last: Sendable>(
        _ report: ServiceReport, _ supervisor: StreamSupervisor, _ body: @escaping @Sendable () -> Value,
        whileEnding: @escaping @Sendable () -> Last
    ) async throws -> (Value, Last) {
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: supervisor), .init(service: report)], logger: LogLines().log.logger()))
        async let ended: Void = group.run()
        let value = await onThread(body)
        async let last = onThread(whileEnding)
        await group.triggerGracefulShutdown()
        try await ended
        return (value, await last)
    }
}
