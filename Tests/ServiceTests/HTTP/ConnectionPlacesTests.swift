import NIOEmbedded
import Testing

@testable import Service

@Suite struct ConnectionPlacesTests {
    let places = ConnectionPlaces(limit: 3, reserved: 1, metrics: MetricsRegistry())
    let channels = (0..<6).map { _ in EmbeddedChannel() }

    init() throws {
        for channel in channels { try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait() }
    }

    @Test func theLongestIdleGivesUpItsPlace() {
        for channel in channels[..<3] { #expect(places.enter(channel) == .general) }
        // The first one has asked and been answered since: the second is idle for longest.
        places.setIdle(false, channels[0])
        places.setIdle(true, channels[0])
        #expect(places.enter(channels[3]) == .general)
        #expect(channels.map(\.isActive) == [true, false, true, true, true, true])
        #expect(places.enter(channels[4]) == .general)
        #expect(channels.map(\.isActive) == [true, false, false, true, true, true])
    }

    @Test func whoIsBeingAnsweredKeepsItsPlace() {
        for channel in channels[..<3] {
            _ = places.enter(channel)
            places.setIdle(false, channel)
        }
        #expect(places.enter(channels[3]) == .reserved)
        #expect(!places.needsGeneralPlace(channels[3]))
        #expect(places.enter(channels[4]) == .reserved, "in place of the one that was idle")
        #expect(!channels[3].isActive)
        places.setIdle(false, channels[4])
        #expect(places.enter(channels[5]) == nil)
        #expect(channels[0].isActive && channels[1].isActive && channels[2].isActive && channels[4].isActive)
    }

    @Test func aReservedPlaceBecomesAGeneralOneWhereOneIsFree() {
        for channel in channels[..<3] {
            _ = places.enter(channel)
            places.setIdle(false, channel)
        }
        #expect(places.enter(channels[3]) == .reserved)
        places.leave(channels[1])
        #expect(places.needsGeneralPlace(channels[3]) && places.needsGeneralPlace(channels[0]))
        #expect(places.enter(channels[4]) == .general, "the one that is idle makes room")
        #expect(!channels[3].isActive)
    }
}
