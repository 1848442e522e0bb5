import TestSupport
import Testing

@testable import Base
@testable import Service

@Suite(.ownThread) struct SupervisorTests {
    let lines = LogLines()
    let openers = Dictionary(
        uniqueKeysWithValues: ["a", "b", "c"].map { ($0, PlayedOpener(.endless, name: $0)) })
    let supervisor: StreamSupervisor

    init() { supervisor = StreamSupervisor(dependencies: .played(openers), log: lines.log.logger()) }

    @Test func onlyWhatChangedIsTouched() throws {
        #expect(try supervisor.apply([playedStream("a"), playedStream("b")]).started == ["a", "b"])
        let (a, b) = (try #require(supervisor.directory.state("a")), try #require(supervisor.directory.state("b")))
        #expect(waits { a.status.tracked > 0 && b.status.tracked > 0 })
        var changed = playedStream("b")
        changed.faces = 3
        let changes = try supervisor.apply([playedStream("a"), changed, playedStream("c")])
        #expect(changes.description == "started: c; restarted: b")
        #expect(waits { openers["b"]?.openings == 2 && openers["c"]?.openings == 1 })
        #expect(openers["a"]?.openings == 1)
        #expect(supervisor.directory.state("b") === b, "its readers stay")
        #expect(try supervisor.apply([changed]).description == "stopped: a, c")
        #expect(supervisor.directory.states.map(\.name) == ["b"])
        let (before, start) = (a.status.received, b.status.received)
        #expect(waits { b.status.received > start + 20 })
        #expect(a.status.received == before)
        #expect(try supervisor.apply([changed]).description == "no stream changed")
        supervisor.stopAll()
    }

    @Test func aSourceThatCannotBeChangesNothing() throws {
        try supervisor.apply([playedStream("a")])
        #expect(throws: LandmarkdError.self) { try supervisor.apply([playedStream("b"), playedStream("x")]) }
        #expect(supervisor.directory.states.map(\.name) == ["a"] && openers["b"]?.openings == 0)
        supervisor.stopAll()
    }

    @Test func readersOfAStreamThatIsRemovedAreLetGo() async throws {
        try supervisor.apply([playedStream("a")])
        let results = try #require(supervisor.directory.state("a")).results()
        let reader = Task { await results.reduce(0) { count, _ in count + 1 } }
        try supervisor.apply([])
        _ = await reader.value
        #expect(supervisor.directory.states.isEmpty)
    }

    @Test func noStreamsAreFine() throws {
        #expect(try supervisor.apply([]) == StreamSupervisor.Changes())
        supervisor.stopAll()
    }
}
