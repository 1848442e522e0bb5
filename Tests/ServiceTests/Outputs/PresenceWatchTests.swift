import Testing

@testable import Base
@testable import FaceTracking
@testable import Measures
@testable import Results
@testable import Service

@Suite struct PresenceWatchTests {
    private let away = posedFace(yaw: 40)

    @Test func somebodyComesLooksAndGoes() {
        var watch = PresenceWatch(lookingWithin: 15)
        var events: [PresenceEvent] = []
        for step in 0..<100 {
            // There from 1 s to 5 s, but for a moment at 4 s; looks from 2 s to 3 s.
            let time = Double(step) / 10
            let isThere = 10..<50 ~= step && step != 40
            let faces = isThere ? [20..<30 ~= step ? posedFace() : away] : []
            events += watch.add(posedResult(faces, time: time))
        }
        let wanted: [(PresenceEvent.Kind, Double)] = [(.came, 1), (.looking, 2.5), (.lookingAway, 3.5), (.gone, 6.9)]
        #expect(events.map(\.event) == wanted.map(\.0))
        #expect(near(events.map(\.time), wanted.map(\.1), within: 0.11), "\(events)")
        #expect(watch.state == PresenceState())
    }

    @Test func aCameraThatStopsShowsNobody() {
        var watch = PresenceWatch(lookingWithin: 15)
        let came = watch.add(posedResult([away], time: 1))
        let soon = watch.wait(until: 2.5)
        #expect(came.map(\.event) == [.came] && soon.isEmpty && watch.state.present)
        let gone = watch.wait(until: 3.5)
        #expect(gone.map(\.event) == [.gone] && !watch.state.present)
    }

    @Test func lookingIsMeasuredToTheCameraNotToThePicturesMiddle() throws {
        // A head at the right of the picture that is turned towards the camera.
        let aside = posedFace(yaw: 30, at: SIMD3(0.5, 0, 0.866) * 600)
        #expect(try #require(PresenceWatch.angle(aside)) < 0.1)
        #expect(abs(try #require(PresenceWatch.angle(away)) - 40) < 1e-6)
        #expect(PresenceWatch.angle(playedFace(id: 1)) == nil)
    }

    @Test func blinksAreCountedPerMinuteOfTheLastMinute() {
        var watch = PresenceWatch(lookingWithin: 15)
        var rates: [Int?] = []
        for second in 0...120 {
            var face = posedFace()
            let time = Double(second)
            // One in five seconds, and none in the second minute.
            let isBlink = second % 5 == 0 && second < 60
            face.measures?.eyes?.blinks =
                isBlink ? [Blink(start: time - 0.3, peak: time - 0.2, end: time, depth: 1)] : []
            _ = watch.add(posedResult([face], time: time))
            rates.append(watch.state.blinkRate)
        }
        #expect(rates[9] == nil && rates[59] == 12 && rates[120] == 0, "\(rates)")
    }

    @Test func theStateIsOneLineWithAllItsKeys() {
        #expect(jsonText(PresenceState()) == #"{"blink_rate":null,"faces":0,"looking":false,"present":false}"#)
        let event = PresenceEvent(event: .lookingAway, time: 1.5)
        #expect(jsonText(event) == #"{"event":"looking_away","time":1.5}"#)
    }
}
