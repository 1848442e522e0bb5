import Capture
import Foundation
import Metrics
import TestSupport
import Testing

@testable import Base
@testable import FaceTracking
@testable import Service

@Suite(.ownThread) struct StreamTests {
    let lines = LogLines()
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func resultsReachTheBoardAndTheOutputs() throws {
        let supervisor = try start(
            PlayedOpener(.end(after: 40)), [OutputSettings(.jsonl(path: folder.path("a.jsonl")))])
        let state = try #require(supervisor.directory.state("a"))
        #expect(waits { state.status.state == .ended })
        #expect(waits { folder.names.first?.hasSuffix("Z.jsonl") == true }, "it is whole before the daemon ends")
        let status = state.status
        #expect(status.received == 40 && status.isHealthy && status.tracked + status.dropped == 40)
        let rows = try objects(folder.path(folder.names[0]))
        #expect(rows.count == status.tracked && rows.count > 0)
        #expect(rows.map { $0["frame"] as? Int } == rows.indices.map { $0 + 1 })
        #expect(rows.allSatisfy { $0["stream"] as? String == "a" && $0["latency"] is Double })
        #expect(state.latest?.result.frame == rows.count)
        supervisor.stopAll()
        #expect(folder.names.count == 1)
    }

    @Test func anAbsentSourceIsLoggedOnceAndFoundWhenItComes() throws {
        let supervisor = try start(PlayedOpener(.absent, .absent, .absent, .endless))
        let state = try #require(supervisor.directory.state("a"))
        #expect(waits { state.status.state == .delivering })
        supervisor.stopAll()
        #expect(state.status.reconnects == 0 && state.status.reasons.isEmpty)
        let warnings = lines.containing("<4>")
        #expect(warnings.count == 1 && warnings[0].contains("a: played: opening: No such device (plug it in)"))
        #expect(lines.containing("a: played: delivers: ").count == 1)
        #expect(lines.containing("again after").isEmpty, "it delivers for the first time")
    }

    @Test func aSourceThatReturnsIsSaidToDeliverAgain() throws {
        let supervisor = try start(PlayedOpener(.absent, .loss(after: 3), .absent, .endless))
        let state = try #require(supervisor.directory.state("a"))
        #expect(waits { state.status.received > 10 })
        supervisor.stopAll()
        #expect(lines.containing("a: played: delivers: ").count == 1)
        #expect(lines.containing("delivers again after").count == 1)
    }

    @Test func healthSaysWhyASourceIsAway() throws {
        let supervisor = try start(PlayedOpener(.loss(after: 3), .absent))
        let state = try #require(supervisor.directory.state("a"))
        #expect(waits { state.status.reasons == ["played: opening: No such device"] })
        #expect(state.status.state == .waiting && !state.status.isHealthy && state.status.received == 3)
        supervisor.stopAll()
        #expect(lines.containing("<4>").count == 1, "one outage, one line: \(lines.all)")
    }

    @Test func timesGoOnOverLosses() throws {
        let times = TimeList()
        let opener = PlayedOpener(.loss(after: 15), .loss(after: 15), .endless)
        let supervisor = try start(opener) { PlayedTracker(times: times) }
        let state = try #require(supervisor.directory.state("a"))
        #expect(waits { state.status.received > 60 })
        supervisor.stopAll()
        #expect(state.status.reconnects == 2)
        #expect(times.times.count == state.status.tracked)
        #expect(zip(times.times, times.times.dropFirst()).allSatisfy { $0 < $1 }, "\(times.times)")
    }

    @Test func aStreamThatIsSetOtherwiseNeverUsesAnIdAgain() throws {
        let opener = PlayedOpener(.endless)
        let supervisor = try start(opener)
        let state = try #require(supervisor.directory.state("a"))
        #expect(waits { (state.latest?.result.faces.first?.id ?? 0) >= 2 })
        var settings = playedStream("a")
        settings.faces = 2
        let before = TimeList()
        #expect(try supervisor.apply([settings]).restarted == ["a"])
        before.add(Double(state.status.tracked))
        #expect(waits { state.status.tracked > Int(before.times[0]) + 25 })
        supervisor.stopAll()
        let latest = try #require(state.latest)
        #expect(latest.result.frame == state.status.tracked)
        // The second tracker has begun at 1, three ids ago.
        #expect(try #require(latest.result.faces.first?.id) >= 2 + 3)
        #expect(opener.openings == 2)
    }

    @Test func theNewestFrameWinsWhereTheTrackerIsSlow() throws {
        let gate = Gate()
        let supervisor = try start(PlayedOpener(.end(after: 50))) { PlayedTracker(isHeld: { gate.isClosed }) }
        let state = try #require(supervisor.directory.state("a"))
        #expect(waits { state.status.state == .ended })
        #expect(state.status.tracked == 0)
        gate.open()
        #expect(waits { state.status.tracked == 50 - state.status.dropped })
        #expect(1...2 ~= state.status.tracked, "the one that was held, and the last one")
        supervisor.stopAll()
    }

    @Test func aSourceThatHangsDoesNotHoldUpTheEnd() throws {
        let table = OutputSettings(.csv(path: folder.path("a.csv")))
        let (stuck, other) = (PlayedOpener(.stuck), PlayedOpener(.endless))
        let supervisor = StreamSupervisor(dependencies: .played(["a": stuck, "b": other]), log: lines.log.logger())
        try supervisor.apply([playedStream("a", [table]), playedStream("b")])
        let states = supervisor.directory.states
        #expect(waits { states.allSatisfy { $0.status.tracked > 0 } })
        let ended = DispatchGroup()
        ended.enter()
        Thread {
            supervisor.stopAll()
            ended.leave()
        }.start()
        #expect(ended.wait(timeout: .now() + 30) == .success, "it would hang for ever")
        stuck.release()
        #expect(folder.names.count == 1 && folder.names[0].hasSuffix("Z.csv"), "\(folder.names)")
        #expect(lines.containing("a: one of its threads does not end").count == 1)
    }

    @Test func aSourceThatHangsIsToldByHealth() throws {
        let opener = PlayedOpener(.stuck)
        let supervisor = StreamSupervisor(dependencies: .played(["a": opener]), log: lines.log.logger())
        var settings = playedStream("a")
        settings.stall = 0.2
        try supervisor.apply([settings])
        let state = try #require(supervisor.directory.state("a"))
        func checked(_ condition: (StreamStatus) -> Bool) -> Bool {
            waits {
                supervisor.checkPulses()
                return condition(state.status)
            }
        }
        #expect(checked { $0.reasons == ["played: hangs: it neither delivers nor fails"] && $0.state == .waiting })
        opener.release()
        #expect(checked { $0.isHealthy && $0.state == .delivering })
        supervisor.stopAll()
    }

    @Test func aSourceThatHangsGetsAnotherThread() throws {
        let (opener, other) = (PlayedOpener(.stuck, .endless), PlayedOpener(.endless))
        let registry = MetricsRegistry()
        let supervisor = try start(["a": opener, "b": other], hangLimit: 0.1, metrics: registry)
        let states = supervisor.directory.states
        #expect(
            waits {
                if supervisor.hasStuck { supervisor.replaceStuck() }
                return opener.openings == 2 && states[0].status.state == .delivering && states[0].status.received > 20
            })
        #expect(states[0].status.isHealthy && supervisor.hopeless.isEmpty && other.openings == 1)
        #expect(lines.containing("capture of a is stuck and is abandoned").count == 1)
        #expect(registry.text(version: "1").contains("landmarkd_stream_up{stream=\"a\"} 1"))
        opener.release()
        supervisor.stopAll()
    }

    @Test func aSourceThatAlwaysHangsIsGivenUpAndTheOthersGoOn() throws {
        let (opener, other) = (PlayedOpener(.stuck), PlayedOpener(.endless))
        let supervisor = try start(["a": opener, "b": other], hangLimit: 0.02)
        let states = supervisor.directory.states
        func waitsChecking(_ condition: () -> Bool) -> Bool {
            waits {
                if supervisor.hasStuck { supervisor.replaceStuck() }
                supervisor.checkPulses()
                return condition()
            }
        }
        #expect(waitsChecking { states[0].status.reasons.first?.contains("were abandoned") == true })
        #expect(states[0].status.state == .waiting && opener.openings == 4 && supervisor.hopeless.isEmpty)
        let before = states[1].status.tracked
        #expect(waitsChecking { states[1].status.tracked > before + 10 } && opener.openings == 4)
        #expect(try supervisor.apply([settings("a")]).stopped == ["b"])
        #expect(supervisor.hopeless == ["capture of a"], "nothing is left that a new process could harm")
        opener.release()
        #expect(waitsChecking { opener.openings > 4 }, "it is tried again once a thread has ended")
        supervisor.stopAll()
    }

    @Test func aTrackerThatHangsIsReplacedToo() throws {
        let gate = Gate()
        let made = TimeList()
        let supervisor = try start(["a": PlayedOpener(.endless)], hangLimit: 0.05) {
            made.add(0)
            let isFirst = made.times.count == 1
            return PlayedTracker(isHeld: { isFirst && gate.isClosed })
        }
        let state = try #require(supervisor.directory.state("a"))
        #expect(
            waits {
                if supervisor.hasStuck { supervisor.replaceStuck() }
                return state.status.tracked > 10
            })
        #expect(lines.containing("tracking of a is stuck").count == 1)
        gate.open()
        supervisor.stopAll()
    }

    @Test func numbersThatHaveRunAwayAreAFaultOfTheStreamAlone() throws {
        let supervisor = try start(
            PlayedOpener(.endless), [OutputSettings(.jsonl(path: folder.path("a.jsonl")))]
        ) { WildTracker() }
        let state = try #require(supervisor.directory.state("a"))
        #expect(waits { state.status.reasons == ["a: the model gives coordinates that are not numbers"] })
        supervisor.stopAll()
        #expect(state.status.tracked == 0)
    }

    @Test func aTrackingFaultIsToldOnce() throws {
        let supervisor = try start(PlayedOpener(.endless)) { FailingTracker(failures: 20) }
        let state = try #require(supervisor.directory.state("a"))
        #expect(waits { state.status.tracked > 3 })
        supervisor.stopAll()
        #expect(lines.containing("<3>").count == 1 && lines.containing("tracking works again").count == 1)
        #expect(state.status.reasons.isEmpty)
    }

    /// The models look for somebody in an empty picture; smoothed or not, the searches are counted.
    @Test(arguments: [true, false]) func searchesForFacesAreCounted(smoothing: Bool) throws {
        let writer = try VideoWriter(folder.path("a.mp4"), width: 64, height: 48)
        for index in 0..<12 { try writer.write(PixelBuffer(width: 64, height: 48), time: Double(index) / 30) }
        try writer.finish()
        let metrics = MetricsRegistry()
        let models = try ModelFiles(folder: "\(packageFolder)/models")
        let supervisor = StreamSupervisor(
            dependencies: try .cascade(models: models, metrics: metrics), log: lines.log.logger())
        var settings = playedStream("a")
        (settings.source, settings.smoothing) = (folder.path("a.mp4"), smoothing)
        try supervisor.apply([settings])
        let state = try #require(supervisor.directory.state("a"))
        #expect(waits { state.status.state == .ended })
        let series = metrics.text(version: "").split(separator: "\n").first {
            $0.hasPrefix("landmarkd_locator_runs_total{")
        }
        let count = try #require(series?.split(separator: " ").last.flatMap { Double($0) })
        #expect(1...3 ~= count, "\(count) in 0.4 s")
        supervisor.stopAll()
    }

    private func start(
        _ opener: PlayedOpener, _ outputs: [OutputSettings] = [],
        tracker: @escaping @Sendable () -> any FaceTracker = { PlayedTracker() }
    ) throws -> StreamSupervisor {
        let supervisor = StreamSupervisor(
            dependencies: .played(["a": opener], tracker: tracker), log: lines.log.logger())
        try supervisor.apply([playedStream("a", outputs)])
        return supervisor
    }

    /// Streams of the names that play, all checked for hanging after `hangLimit` and a little patience.
    private func start(
        _ openers: [String: PlayedOpener], hangLimit: Double, metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        tracker: @escaping @Sendable () -> any FaceTracker = { PlayedTracker() }
    ) throws -> StreamSupervisor {
        var dependencies = StreamDependencies.played(openers, metrics: metrics, tracker: tracker)
        dependencies.hangLimit = hangLimit
        let supervisor = StreamSupervisor(dependencies: dependencies, log: lines.log.logger())
        try supervisor.apply(openers.keys.sorted().map(settings))
        return supervisor
    }

    private func settings(_ name: String) -> StreamSettings {
        var settings = playedStream(name)
        settings.stall = 0.2
        return settings
    }

    private func objects(_ path: String) throws -> [[String: Any]] {
        try String(decoding: readFile(path, atMost: 1 << 20), as: UTF8.self).split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }
}

/// Its numbers have run away.
private final class WildTracker: FaceTracker {
    let pointCount = 2
    let searches = 0

    func reset() {}

    func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        var face = playedFace(id: 1)
        face.points[1].x = frame.time < 0.1 ? .nan : .infinity
        return [face]
    }
}

private final class FailingTracker: FaceTracker {
    let pointCount = 2
    let searches = 0
    private var failures: Int

    init(failures: Int) { self.failures = failures }

    func reset() {}

    func process(_ frame: Frame) throws(LandmarkdError) -> [TrackedFace] {
        failures -= 1
        if failures >= 0 { throw LandmarkdError(.unusableData, "frame of no size") }
        return []
    }
}
