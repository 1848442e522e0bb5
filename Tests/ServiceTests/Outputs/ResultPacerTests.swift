import Testing

@testable import Base
@testable import FaceTracking
@testable import Results
@testable import Service

@Suite struct ResultPacerTests {
    @Test func theNewestOfEachPeriodIsWritten() {
        var pacer = ResultPacer(rate: 2)
        var written: [Double] = []
        for step in 0..<100 {
            let now = Double(step) / 25
            pacer.add(posedResult([], time: now))
            if let result = pacer.next(at: now) { written.append(result.result.time) }
        }
        #expect(near(written, [0, 0.52, 1, 1.52, 2, 2.52, 3, 3.52], within: 0.021), "\(written)")
    }

    @Test func withoutARateAllAreWrittenAtOnce() {
        var pacer = ResultPacer(rate: nil)
        for time in 0..<5 {
            pacer.add(posedResult([], time: Double(time)))
            let written = pacer.next(at: 0)
            #expect(written?.result.time == Double(time))
        }
        #expect(pacer.pause(at: 0) == nil)
    }

    @Test func whatWaitsIsWrittenWhenItsTurnComesOrAtTheEnd() throws {
        var pacer = ResultPacer(rate: 1)
        pacer.add(posedResult([], time: 1))
        let first = pacer.next(at: 10)
        pacer.add(posedResult([], time: 2))
        let early = pacer.next(at: 10.4)
        #expect(first != nil && early == nil)
        #expect(abs(try #require(pacer.pause(at: 10.4)) - 0.6) < 1e-9)
        let last = [pacer.last(), pacer.last()]
        #expect(last.map { $0?.result.time } == [2, nil])
    }

    @Test func missedTurnsAreNotMadeUpFor() {
        var pacer = ResultPacer(rate: 1)
        for now in [0, 100, 100.1] {
            pacer.add(posedResult([], time: now))
            let isWritten = pacer.next(at: now) != nil
            #expect(isWritten == (now != 100.1), "\(now)")
        }
    }

    @Test func oneFaceIsTheOneThatWasFollowedFirst() {
        let result = posedResult([posedFace(id: 3), posedFace(id: 2), posedFace(id: 9)])
        #expect(result.choosing(.one).result.faces.map(\.id) == [2])
        #expect(result.choosing(.all).result.faces.count == 3 && posedResult([]).choosing(.one).result.faces.isEmpty)
    }
}
